"""The upload page looks into files before it sends them, and sends several side by side."""

import gzip
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pysam
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.axe import axe_in_both_themes
from tests.browser.person import Person
from tests.cloud import DeployedCloud
from tests.shared_data import shared_data

HEADER = "##fileformat=VCFv4.3\n{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{samples}\n"
CHR1 = "##reference=GRCh38\n##contig=<ID=chr1,length=248956422>\n"


def vcf(contig: str = "MT", records: int = 1, meta: str = "", samples: str = "") -> bytes:
    genotypes = "\tGT" + "\t0/1" * samples.count("\t") if samples else ""
    if samples:
        samples = f"\tFORMAT{samples}"
    lines = [f"{contig}\t{1 + n % 16000}\t.\tA\tG\t.\t.\t.{genotypes}\n" for n in range(records)]
    return (HEADER.format(meta=meta, samples=samples) + "".join(lines)).encode()


def bgzip(path: Path, content: bytes) -> bytes:
    plain = path.with_suffix(".plain")
    plain.write_bytes(content)
    pysam.tabix_compress(str(plain), str(path))
    return path.read_bytes()


def item(page: Page, name: str) -> Locator:
    return page.locator(".upload-item").filter(has=page.get_by_role("heading", name=name))


STOPPED = {
    "letter.vcf": (b"Dear all,\nthe variants.\n", "begins with “Dear all,”"),
    "paper.vcf": (b"%PDF-1.7 and so on", "a PDF document"),
    "packed.vcf": (b"PK\x03\x04 and so on", "a zip archive. Unpack it"),
    "empty.vcf": (b"", "The file is empty."),
    "damaged.vcf.gz": (b"\x1f\x8b\x08\x00 nonsense", "can't be decompressed"),
    "spaces.vcf": (vcf().replace(b"\t", b" "), "separated by tabs"),
    "none.vcf": (vcf(records=0), "no variants"),
    "position.vcf": (
        vcf(records=2) + b"MT\tfirst\t.\tA\tG\t.\t.\t.\n",
        "Line 5: POS is “first”, which is not",
    ),
    "columns.vcf": (vcf() + b"MT\t73\t.\tA\tG\n", "Line 4: 5 columns, but the header names 8."),
    "joined.vcf": (vcf() + vcf(), "Line 4: a header line among the variants"),
    "headless.vcf": (vcf().replace(b"#CHROM", b"CHROM"), "which begins with #CHROM, is missing"),
    "reads.bam": (b"BAM\x01", "isn't a VCF file but a BAM file"),
    "calls.txt": (vcf(), "rename it so that it ends in .vcf"),
    "cut.vcf.gz": (gzip.compress(vcf(records=90_000))[:-9], "The file is cut short"),
    "large.vcf": (vcf(records=9000), "your plan allows 150 KB per file"),
    "human.vcf": (
        vcf("chr1", records=9000, meta=CHR1),
        "This service doesn't offer GRCh38: it offers rCRS.",
    ),
    "hg19.vcf": (
        vcf("chrM", records=2, meta="##contig=<ID=chrM,length=16571>\n"),
        "chrM has 16,571 bases: it is NC_001807.4",
    ),
}


def test_should_stop_what_can_not_work_and_say_why(person: Person, tmp_path: Path) -> None:
    page = person.page
    for name, (content, _) in STOPPED.items():
        (tmp_path / name).write_bytes(content)
    bcf = tmp_path / "calls.vcf.gz"
    bgzip(bcf, b"BCF\x02\x02 and so on")
    page.goto("/upload")
    page.get_by_label("VCF file").set_input_files([*(tmp_path / name for name in STOPPED), bcf])
    for name, (_, reason) in STOPPED.items():
        expect(item(page, name).get_by_role("alert")).to_contain_text(reason)
        expect(item(page, name)).to_contain_text("Can't be annotated")
    expect(item(page, "calls.vcf.gz").get_by_role("alert")).to_contain_text("a BCF file. Convert")
    expect(item(page, "human.vcf")).to_contain_text("GRCh38 (hg38)")
    axe_in_both_themes(page)

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="Upload and annotate").click()
    expect(page.get_by_label("VCF file")).to_be_focused()
    assert "POST" not in sent


def test_should_show_what_it_sees_when_files_are_plain_gzip_or_bgzip(
    person: Person, tmp_path: Path
) -> None:
    page = person.page
    content = vcf("chrM", records=60_000, samples="\tNA1\tNA2\tNA3\tNA4")
    mixed = vcf("chrM", records=2, meta="##contig=<ID=chrM,length=16569>\n")
    files = {
        "a.vcf": vcf(records=3),
        "b.vcf.gz": gzip.compress(content),
        "c.vcf.gz": bgzip(tmp_path / "c.vcf.gz", content),
        "d.vcf": mixed + b"chr7\t5\t.\tA\tG\t.\t.\t.\n",
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    page.goto("/upload")
    page.get_by_label("VCF file").set_input_files([tmp_path / name for name in files])
    for name in files:
        expect(item(page, name)).to_contain_text("VCF version")
        item(page, name).get_by_text("What the file holds").click()
    facts = {name: item(page, name).locator("dl").inner_text().split("\n") for name in files}
    seen = {name: dict(zip(each[::2], each[1::2], strict=True)) for name, each in facts.items()}
    assert seen["a.vcf"] == {
        "Size": "111 bytes",
        "VCF version": "4.3",
        "Compression": "none",
        "Samples": "none, sites only",
        "Contigs": "MT",
        "Variants": "3",
        "Assembly": "not stated in the file; REF alleles that agree: 1 of 3 with rCRS",
    }
    for name, compression in (("b.vcf.gz", "gzip"), ("c.vcf.gz", "bgzip")):
        assert seen[name]["Compression"] == compression
        assert seen[name]["Samples"] == "4: NA1, NA2, NA3, …"
        guess = int(seen[name]["Variants"].removeprefix("about ").replace(",", ""))
        assert 50_000 < guess < 70_000
    expect(item(page, "d.vcf")).to_contain_text("those on chr7 will be left unannotated")
    expect(item(page, "d.vcf")).to_contain_text("Ready")


def has_records(file: Path) -> bool:
    return any(line and line[:1] != b"#" for line in file.read_bytes().splitlines())


def test_should_see_real_files_as_they_are(person: Person) -> None:
    page, data = person.page, shared_data()
    files = sorted((data / "vcf-conformance/v4.2/passed").glob("*.vcf"))
    passed = [file for file in files if has_records(file)][:25]
    page.goto("/upload")
    page.get_by_label("VCF file").set_input_files([data / "mtdna/1000g-pilot-mt.vcf", *passed])
    pilot = item(page, "1000g-pilot-mt.vcf")
    expect(pilot).to_contain_text("its header says ##reference=rCRS")
    expect(page.locator("[data-state=looking]")).to_have_count(0)
    for file in passed:
        expect(item(page, file.name).get_by_text("VCF version")).to_be_attached()


def slow_network(page: Page, bytes_a_second: int) -> Callable[[], None]:
    """Let the page send so much a second; what is returned takes that back."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")

    def limit(throughput: int) -> None:
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
        devtools.send(
            "Network.emulateNetworkConditions", {**conditions, "uploadThroughput": throughput}
        )

    limit(bytes_a_second)
    return lambda: limit(-1)


def test_should_upload_each_by_itself_when_there_are_several(
    cloud: DeployedCloud, person: Person, tmp_path: Path
) -> None:
    page = person.page
    names = ("one.vcf", "two.vcf", "three.vcf", "four.vcf", "five.vcf")
    for name in names:
        (tmp_path / name).write_bytes(vcf(records=4000))
    page.goto("/upload")
    page.get_by_label("VCF file").set_input_files(
        [tmp_path / name for name in names if name != "three.vcf"]
    )
    page.get_by_label("Note").fill("Trio 7, mother")
    at_full_speed = slow_network(page, 20_000)
    page.get_by_role("button", name="Upload and annotate 4 files").click()
    expect(item(page, "five.vcf")).to_contain_text("Queued")
    expect(page.get_by_role("button", name="Upload and annotate")).to_be_disabled()
    page.get_by_role("button", name="Remove five.vcf").click()
    bar = item(page, "one.vcf").get_by_role("progressbar", name="Upload")
    expect(bar).not_to_have_js_property("value", 0)
    page.get_by_role("button", name="Cancel two.vcf").click()
    expect(item(page, "two.vcf").get_by_role("alert")).to_have_text("You cancelled this upload.")
    expect(page.get_by_role("button", name="Try again two.vcf")).to_be_focused()
    at_full_speed()
    expect(item(page, "one.vcf").get_by_role("link", name="Open the job")).to_be_visible()

    page.get_by_role("button", name="Try again two.vcf").click()
    expect(item(page, "two.vcf").get_by_role("link", name="Open the job")).to_be_focused()

    def lose(route: Route) -> None:
        route.abort()

    with_a_ticket_it_is_not_sent_again(person, cloud, tmp_path)

    page.get_by_label("VCF file").set_input_files(tmp_path / "three.vcf")
    page.route(f"{cloud.endpoint_url}/**", lose)
    page.get_by_role("button", name="Upload and annotate").click()
    expect(item(page, "three.vcf").get_by_role("alert")).to_contain_text("connection was lost")
    page.unroute(f"{cloud.endpoint_url}/**", lose)
    page.get_by_role("button", name="Remove three.vcf").click()
    expect(item(page, "three.vcf")).to_have_count(0)
    axe_in_both_themes(page)

    page.get_by_role("link", name="See all jobs").click()
    rows = page.get_by_role("listitem").filter(has_text=".vcf")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="one.vcf")).to_contain_text("Trio 7, mother")
    expect(rows.filter(has_text="Trio 7, mother")).to_have_count(4)


def with_a_ticket_it_is_not_sent_again(person: Person, cloud: DeployedCloud, folder: Path) -> None:
    """The session ends before the job is made; after signing in the file isn't sent again.

    Its name is too long, too.
    """
    page = person.page
    file = folder / f"{'long' * 50}é.vcf"
    file.write_bytes(vcf())

    def sign_out_first(route: Route) -> None:
        page.context.clear_cookies()
        headers = {k: v for k, v in route.request.headers.items() if k != "cookie"}
        route.continue_(headers=headers)

    page.route(f"{cloud.site_url}/jobs", sign_out_first)
    page.get_by_label("VCF file").set_input_files(file)
    long = item(page, "longlong")
    long.get_by_text("What the file holds").click()
    expect(long).to_contain_text(f"Stored as{'long' * 49}.vcf")
    page.get_by_role("button", name="Upload and annotate").click()
    expect(long.get_by_role("alert")).to_contain_text("Sign in again in another tab")
    page.unroute(f"{cloud.site_url}/jobs", sign_out_first)
    Person(page.context.new_page(), person.email, person.password).sign_in()
    sent: list[str] = []

    def note(request: Request) -> None:
        path = urlsplit(request.url).path
        if path != "/jobs/chosen/states":  # the jobs of other files are followed meanwhile
            sent.append(path)

    page.on("request", note)
    long.get_by_role("button", name="Try again").click()
    expect(long.get_by_role("link", name="Open the job")).to_be_visible()
    # The page takes the new session's token first.
    assert sent == ["/jobs", "/upload", "/jobs"]


DROP = """
(text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "dropped.vcf"));
  for (const kind of ["dragover", "drop"]) {
    document.querySelector("footer").dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}
"""


def test_should_take_what_is_dropped_pasted_or_the_example(person: Person) -> None:
    page = person.page
    page.goto("/upload")
    page.evaluate(DROP, vcf().decode())
    expect(item(page, "dropped.vcf")).to_contain_text("Ready")
    page.get_by_role("button", name="Remove dropped.vcf").click()

    page.get_by_text("Paste a few lines").click()
    page.get_by_label("Pasted lines").fill("MT 73 A G\n11778 G A")
    page.get_by_role("button", name="Add the lines").click()
    expect(page.locator("#problem")).to_contain_text("Line 2 (“11778 G A”): this is no line of")
    expect(page.get_by_label("Pasted lines")).to_have_value("MT 73 A G\n11778 G A")
    page.get_by_label("Pasted lines").fill("rs199476112\nMT 73 A G\nm.8281_8289del")
    page.get_by_role("button", name="Add the lines").click()
    expect(item(page, "pasted.vcf")).to_contain_text("Ready")
    page.get_by_role("button", name="Upload and annotate").click()
    page.wait_for_url("**/jobs/*-*")
    person.wait_for_state("Completed")

    page.goto("/upload")
    page.get_by_role("button", name="Use the example file").click()
    expect(item(page, "example.vcf")).to_contain_text("Ready")
    page.get_by_role("button", name="Upload and annotate").click()
    page.wait_for_url("**/jobs/*-*")
    person.wait_for_state("Completed")
