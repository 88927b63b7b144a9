"""`./gas submit`: the way of a file, and what it says when something is in the way."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.aws.ec2.instance import free_port
from local.commands.submit import Person, Submission, find_person, submit
from local.errors import LocalError
from local.host.folder import Folder
from local.host.http_server import LoopThread, Server
from local.site_client import SiteClient
from tests.unit.local.commands.fake_site import PASSWORD, RCRS, RESULT, FakeSite

COMPLETED = {"job_status": "COMPLETED", "progress": 100, "error": None}
RUNNING = {"job_status": "RUNNING", "progress": 40, "error": None}
PENDING = {"job_status": "PENDING", "progress": 0, "error": None}


COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


@pytest.fixture
def site(servers: LoopThread) -> Iterator[FakeSite]:
    site = FakeSite(states=[COMPLETED])
    server = Server(site.app())
    servers.run(server.start())
    site.url = f"http://127.0.0.1:{server.port}"
    yield site
    servers.run(server.stop())


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "x.vcf"
    path.write_text(f"##fileformat=VCFv4.2\n{COLUMNS}\n")
    return path


def run(
    site: FakeSite,
    vcf: Path,
    *,
    out: Path | None = None,
    force: bool = False,
    seconds: float = 30.0,
    reference: str | None = None,
) -> str:
    console = Console(file=io.StringIO(), width=200, record=True)
    person = Person(site.url, "who@example.org", PASSWORD)
    job = Submission(file=vcf, out=out, force=force, seconds=seconds, reference=reference)
    submit(job, person, console)
    return console.export_text()


def test_should_save_the_result_beside_the_input_when_the_job_completes(
    site: FakeSite, vcf: Path
) -> None:
    site.states = [PENDING, RUNNING, COMPLETED]

    said = run(site, vcf)

    target = vcf.with_name("x.annot.vcf.gz")
    assert target.read_bytes() == RESULT
    assert str(target) in said
    assert f"{site.url}/jobs/j1" in said
    assert "COMPLETED 100 %" in said


def test_should_send_what_the_site_signed_when_it_uploads(site: FakeSite, vcf: Path) -> None:
    run(site, vcf)

    size = vcf.stat().st_size
    assert site.received["upload"] == {"file_name": "x.vcf", "size": size, "reference": "rcrs"}
    assert site.received["csrf"] == "csrf-&-token"
    assert site.received["job"] == {"token": "signed"}
    parts = site.received["parts"]
    assert parts[:-1] == [("key", b"users/1/2/x.vcf"), ("policy", b"p")]
    assert parts[-1] == ("file", vcf.read_bytes())
    # S3 refuses a form whose length isn't told.
    assert int(site.received["length"]) > vcf.stat().st_size


def genome(name: str, assembly: str, length: int) -> dict[str, Any]:
    contigs = [{"name": "1", "aliases": ["chr1"], "length": length}]
    return {**RCRS, "name": name, "assembly": assembly, "contigs": contigs}


@pytest.fixture
def genomes(site: FakeSite) -> FakeSite:
    """A site that offers two human genomes, each with a sequence for a piece of chromosome 1."""
    site.references = [
        RCRS,
        genome("grch38", "GRCh38.p14", 248_956_422),
        genome("grch37", "GRCh37.p13", 249_250_621),
    ]
    site.sequences = {"grch38": "ACGT" * 10, "grch37": "CATG" * 10}
    return site


def upload(folder: Path, *lines: str, refs: str = "") -> Path:
    """A VCF on chromosome 1, compressed; `refs` are its REF alleles from position 1."""
    path = folder / "x.vcf.gz"
    records = [f"1\t{at}\t.\t{ref}\tN\t.\t.\t." for at, ref in enumerate(refs, start=1)]
    text = "\n".join(["##fileformat=VCFv4.2", *lines, COLUMNS, *records, ""])
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_should_take_the_reference_that_the_header_tells(genomes: FakeSite, tmp_path: Path) -> None:
    said = run(genomes, upload(tmp_path, "##contig=<ID=1,length=249250621>", refs="A"))

    assert genomes.received["upload"]["reference"] == "grch37"
    assert "reference grch37; assembly GRCh37 (hg19): its contig 1 has 249,250,621 bases" in said


def test_should_take_the_reference_that_the_ref_alleles_agree_with(
    genomes: FakeSite, tmp_path: Path
) -> None:
    said = run(genomes, upload(tmp_path, refs="CATGCATG"))

    assert genomes.received["upload"]["reference"] == "grch37"
    assert "REF alleles that agree: 0 of 8 with GRCh38.p14, 8 of 8 with GRCh37.p13" in said


def test_should_ask_for_the_reference_when_nothing_tells_it(
    genomes: FakeSite, tmp_path: Path
) -> None:
    with pytest.raises(LocalError, match=r"2 of 2 with GRCh37\.p13\. Use --reference grch38 or"):
        run(genomes, upload(tmp_path, refs="CA"))
    assert genomes.received == {}


def test_should_send_nothing_when_the_file_contradicts_the_choice(
    genomes: FakeSite, tmp_path: Path
) -> None:
    file = upload(tmp_path, "##contig=<ID=1,length=249250621>", refs="A")

    with pytest.raises(LocalError, match=r"chosen is GRCh38\.p14\. .* Use --reference grch37\."):
        run(genomes, file, reference="grch38")
    with pytest.raises(LocalError, match=r"doesn't offer grch99\. It offers rcrs, grch38, grch37"):
        run(genomes, file, reference="grch99")
    assert genomes.received == {}


def test_should_warn_when_the_ref_alleles_contradict_the_choice(
    genomes: FakeSite, tmp_path: Path
) -> None:
    said = run(genomes, upload(tmp_path, refs="CATGCATG"), reference="grch38")

    assert genomes.received["upload"]["reference"] == "grch38"
    assert "probably made against another assembly than GRCh38.p14" in said


def test_should_refuse_to_overwrite_when_there_is_a_result(site: FakeSite, vcf: Path) -> None:
    target = vcf.with_name("x.annot.vcf.gz")
    target.write_text("mine")

    with pytest.raises(LocalError, match=r"x\.annot\.vcf\.gz exists\. Overwrite it with --force"):
        run(site, vcf)
    assert target.read_text() == "mine"
    assert site.received == {}

    run(site, vcf, force=True)
    assert target.read_bytes() == RESULT


@pytest.mark.parametrize(
    ("out", "sentence"),
    [("", "is a folder. Name a file"), ("nosuch/x.gz", "There is no folder .*nosuch")],
)
def test_should_send_nothing_when_the_result_could_not_be_saved(
    site: FakeSite, vcf: Path, tmp_path: Path, out: str, sentence: str
) -> None:
    with pytest.raises(LocalError, match=sentence):
        run(site, vcf, out=tmp_path / out)
    assert site.received == {}


def test_should_leave_no_result_when_the_download_breaks_off(site: FakeSite, vcf: Path) -> None:
    site.breaks_off = True

    with pytest.raises(LocalError, match="The download broke off"):
        run(site, vcf)
    assert not vcf.with_name("x.annot.vcf.gz").exists()


def test_should_say_why_when_the_result_cannot_be_written(site: FakeSite, vcf: Path) -> None:
    vcf.with_name("x.annot.vcf.gz.part").mkdir()

    with pytest.raises(LocalError, match=r"x\.annot\.vcf\.gz can't be written: Is a directory"):
        run(site, vcf)


def test_should_say_why_when_the_file_has_a_name_that_is_not_taken(
    site: FakeSite, tmp_path: Path
) -> None:
    with pytest.raises(LocalError, match=r"The file name must end in \.vcf"):
        run(site, tmp_path / "x.txt")


def test_should_give_the_sites_sentence_when_the_site_refuses(site: FakeSite, vcf: Path) -> None:
    site.upload = (413, {"error": "The file has 200 kB; your plan takes 150 kB."})

    with pytest.raises(LocalError, match="your plan takes 150 kB"):
        run(site, vcf)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"BCF\x02\x02", "not a VCF file but a BCF file"),
        (b"Dear all", "first line must be like"),
        (gzip.compress(b"##fileformat=VCFv4.2\n")[:-5], "The file is cut short"),
        (b"", "The file is empty"),
    ],
)
def test_should_name_the_fault_of_the_file_before_the_limit_of_the_plan(
    site: FakeSite, vcf: Path, content: bytes, reason: str
) -> None:
    site.upload = (413, {"error": "The file has 200 kB; your plan takes 150 kB."})
    vcf.write_bytes(content)

    with pytest.raises(LocalError, match=reason):
        run(site, vcf)
    assert site.received == {}


def test_should_give_the_storages_reason_when_the_storage_refuses(
    site: FakeSite, vcf: Path
) -> None:
    site.storage = (400, "<Error><Message>Your upload is &gt; the limit</Message></Error>")

    with pytest.raises(LocalError, match=r"\(HTTP 400\): Your upload is > the limit"):
        run(site, vcf)


def test_should_give_the_jobs_error_when_it_fails(site: FakeSite, vcf: Path) -> None:
    site.states = [RUNNING, {"job_status": "FAILED", "progress": 0, "error": "Line 3 is no VCF."}]

    with pytest.raises(LocalError, match=r"The job failed: Line 3 is no VCF\.\n.*/jobs/j1"):
        run(site, vcf)
    assert not vcf.with_name("x.annot.vcf.gz").exists()


def test_should_give_up_when_the_job_does_not_end(site: FakeSite, vcf: Path) -> None:
    site.states = [PENDING]

    with pytest.raises(LocalError, match="still PENDING after 0 s"):
        run(site, vcf, seconds=0.0)


def test_should_say_so_when_the_password_is_wrong(site: FakeSite) -> None:
    client = SiteClient(site.url)

    with pytest.raises(LocalError, match="doesn't accept the password of who@"):
        client.sign_in("who@example.org", "wrong")
    client.close()


def test_should_say_how_to_start_one_when_no_site_answers() -> None:
    client = SiteClient(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(LocalError, match=r"No site answers at .*\. Start one: \./gas up"):
        client.sign_in("who@example.org", PASSWORD)
    client.close()


def test_should_say_how_to_start_one_when_nothing_runs_and_no_url_is_given(
    folder: Folder,
) -> None:
    with pytest.raises(LocalError, match=r"Start it: \./gas up"):
        find_person(folder, url=None, email=None)


def test_should_be_the_demo_user_when_no_other_is_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GAS_PASSWORD", raising=False)
    folder.demo_file.write_text('{"email": "demo@example.org", "password": "p"}')

    person = find_person(folder, url="http://site", email=None)

    assert person == Person("http://site", "demo@example.org", "p")


def test_should_take_the_password_from_the_environment_when_another_user_is_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAS_PASSWORD", "theirs")
    folder.demo_file.write_text('{"email": "demo@example.org", "password": "p"}')

    person = find_person(folder, url="http://site", email="other@example.org")

    assert person == Person("http://site", "other@example.org", "theirs")
