"""The main job, as a person does it."""

import gzip
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.person import Person


def data_lines(file: Path) -> list[str]:
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_should_get_its_annotation_when_a_file_is_uploaded(
    person: Person, sample: Path, tmp_path: Path
) -> None:
    page = person.page
    job_id = person.upload(sample)
    person.mark()
    person.wait_for_state("Completed")
    assert person.has_not_reloaded()
    expect(page).to_have_title("sample.vcf, completed · GAS")

    shows_the_summary(page, records=len(read_records(sample)))
    downloads_the_annotated_vcf(page, sample, tmp_path)

    page.get_by_role("link", name="Read the log").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log")
    expect(page.get_by_role("region", name="Log")).to_contain_text("sample.vcf")

    page.get_by_role("link", name="Jobs", exact=True).first.click()
    row = page.get_by_role("listitem").filter(has_text="sample.vcf")
    expect(row).to_contain_text("Completed")
    row.get_by_role("link").click()
    page.wait_for_url(f"**/jobs/{job_id}")


def read_records(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def shows_the_summary(page: Page, *, records: int) -> None:
    tiles = page.locator(".tiles")
    expect(tiles).to_contain_text(f"{records:,}")
    chart = page.get_by_role("table", name="Consequences, most severe first")
    missense = chart.get_by_role("row", name="missense variant")
    expect(missense).to_contain_text("moderate")
    box = missense.locator("rect").bounding_box()
    assert box
    assert box["width"] > 0


def downloads_the_annotated_vcf(page: Page, sample: Path, folder: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download annotated VCF").click()
    assert download.value.suggested_filename == "sample.annot.vcf.gz"
    file = folder / "sample.annot.vcf.gz"
    download.value.save_as(file)
    is_bgzip(file)
    lines = data_lines(file)
    assert [line.split("\t")[:5] for line in lines] == [
        line.split("\t")[:5] for line in read_records(sample)
    ]
    lhon = next(line for line in lines if line.split("\t")[1] == "11778")
    assert "missense" in lhon
    assert "rs199476112" in lhon
    assert "MT-ND4" in lhon


def is_bgzip(file: Path) -> None:
    # The extra field BC marks a block of BGZF: https://samtools.github.io/hts-specs/SAMv1.pdf
    assert file.read_bytes()[12:14] == b"BC"


def test_should_fail_with_a_sentence_and_advice_when_the_reference_is_another(
    person: Person, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.vcf"
    odd.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "MT\t73\t.\tG\tA\t.\t.\t.\n"
    )
    person.upload(odd)
    person.mark()
    person.wait_for_state("Failed")
    assert person.has_not_reloaded()
    reason = person.page.locator(".note-bad")
    expect(reason).to_contain_text("This file could not be annotated")
    expect(reason).to_contain_text("first at line 3, MT 73: REF is G, the reference has A")
    expect(reason).to_contain_text("What to do:")
    expect(person.page.get_by_role("link", name="Upload another file")).to_be_visible()
