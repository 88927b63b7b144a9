"""The upload page where a service offers several references: what it finds, and what people choose.

The platform of the tests offers one, so the page is told of three.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from runtime.vcf.assemblies import assembly_facts
from tests.browser.axe import axe_in_both_themes
from tests.browser.person import Person
from tests.unit.vcf.assembly_cases import REFERENCES, as_json

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
BASES = {"grch38": "ACGTTGCAAC" * 4, "grch37": "CATGCATGTT" * 4}
"""The beginning of chromosome 1 in each of the two."""


def upload(folder: Path, name: str, *header: str, refs: str = "A") -> Path:
    """A VCF with these REF alleles from position 1 of chromosome 1."""
    records = [f"1\t{at}\t.\t{ref}\tN\t.\t.\t." for at, ref in enumerate(refs, start=1)]
    path = folder / name
    path.write_text("\n".join(["##fileformat=VCFv4.2", *header, COLUMNS, *records, ""]))
    return path


def offer_three(page: Page) -> None:
    """Let the page offer the rCRS and two human genomes, and serve pieces of these."""
    offered = as_json([REFERENCES[name] for name in ("rcrs", "grch38", "grch37")])
    facts = [{**each, "version": "1", "fasta": "genome.fa"} for each in offered]

    def three(route: Route) -> None:
        known = assembly_facts()["assemblies"]
        route.fulfill(json={"references": facts, "assemblies": known})

    def sequence(route: Route) -> None:
        name, file = route.request.url.split("/")[-2:]
        bases = BASES[name]
        if file.endswith(".fai"):
            route.fulfill(body=f"1\t{len(bases)}\t0\t{len(bases)}\t{len(bases) + 1}\n")
            return
        first, last = route.request.headers["range"].removeprefix("bytes=").split("-")
        route.fulfill(status=206, body=bases[int(first) : int(last) + 1])

    page.route("**/upload/references.json", three)
    page.route("**/reference/**", sequence)


@pytest.fixture
def page(person: Person) -> Page:
    offer_three(person.page)
    person.page.goto("/upload")
    return person.page


def choose(page: Page, *files: Path) -> list[Locator]:
    """Choose files; return the item of each."""
    page.get_by_label("VCF file").set_input_files(files)
    return [
        page.locator(".upload-item").filter(has=page.get_by_role("heading", name=each.name))
        for each in files
    ]


def test_should_choose_the_reference_that_the_file_tells(page: Page, tmp_path: Path) -> None:
    b37, silent = choose(
        page,
        upload(tmp_path, "b37.vcf", "##contig=<ID=1,assembly=b37>"),
        upload(tmp_path, "silent.vcf", refs=BASES["grch38"][:12]),
    )
    expect(b37).to_contain_text("GRCh37 (hg19): its header says assembly=b37")
    expect(b37.get_by_label("Reference")).to_have_value("grch37")
    expect(silent).to_contain_text("12 of 12 with GRCh38")
    expect(silent.get_by_label("Reference")).to_have_value("grch38")

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Upload and annotate 2 files").click()
    # The platform behind the page offers the rCRS alone, and says so.
    expect(b37.get_by_role("alert")).to_contain_text("doesn't offer the reference grch37")
    expect(silent.get_by_role("alert")).to_contain_text("doesn't offer the reference grch38")
    assert sum('"reference":"grch37"' in body for body in sent) == 1


def test_should_refuse_a_choice_that_the_file_contradicts(page: Page, tmp_path: Path) -> None:
    (item,) = choose(page, upload(tmp_path, "b37.vcf", "##contig=<ID=1,assembly=b37>"))
    item.get_by_label("Reference").select_option("grch38")
    expect(item).to_contain_text("Can't be annotated")
    expect(item.get_by_role("alert")).to_contain_text(
        "The file was made against GRCh37 (hg19): its header says assembly=b37. "
        "The reference chosen is GRCh38. Choose GRCh37, which this service offers."
    )
    axe_in_both_themes(page)
    item.get_by_label("Reference").select_option("grch37")
    expect(item).to_contain_text("Ready")


def test_should_ask_for_the_reference_when_nothing_tells_it(page: Page, tmp_path: Path) -> None:
    (item,) = choose(page, upload(tmp_path, "silent.vcf"))
    expect(item).to_contain_text("The file doesn't say which assembly it was made against")
    axe_in_both_themes(page)
    page.get_by_role("button", name="Upload and annotate").click()
    expect(page.get_by_role("alert").filter(has_text="Choose the reference")).to_be_visible()
    expect(item.get_by_label("Reference")).to_be_focused()
    item.get_by_label("Reference").select_option("grch37")
    expect(item).to_contain_text("Ready")
