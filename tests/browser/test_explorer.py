"""From a result to its variants: charts, filter, pages, one variant, genome browser, files."""

import gzip
import io
import re
import statistics
import time
from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image
from playwright.sync_api import Page, expect

from runtime.web.services.exports.export_leases import ExportLeases
from runtime.web.services.exports.export_request import ExportForm, ExportRequest
from tests.browser.axe import SHOWN, axe, axe_in_both_themes
from tests.browser.person import Person
from tests.cloud import DeployedCloud

INK = """
(canvas) => {
  const { width, height } = canvas;
  if (!width || !height) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  }
  return colours.size;
}
"""
"""How many colours a canvas shows."""

NOTE_WHAT_IS_WRITTEN = """
() => {
  globalThis.written = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    written.push(text);
    return write.call(this, text, ...place);
  };
}
"""
"""Keeps what is written on canvases from now on."""


SHIFT = """
() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})
"""
"""How far the page has moved while it was loading: https://web.dev/articles/cls"""


def count(page: Page) -> int:
    found = re.match(r"\s*([\d,]+) variants?", page.locator("#count").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def test_should_lead_from_a_chart_to_one_variant_and_its_files(
    person: Person, sample: Path, tmp_path: Path
) -> None:
    page = person.page
    person.upload(sample)
    person.wait_for_state("Completed")
    axe_in_both_themes(page)
    chart = page.get_by_role("table", name="Consequences, most severe first")
    missense = chart.get_by_role("row", name="missense variant")
    shown = int(missense.locator(".count").inner_text())
    missense.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Variants")
    assert count(page) == shown

    filters_in_place(person)
    reads_one_variant(page)
    downloads_agree(page, tmp_path)
    draws_the_genome(page)

    page.get_by_role("link", name="sample.vcf").click()
    page.get_by_role("link", name=re.compile("how to reproduce this on the command line")).click()
    expect(page.get_by_role("region", name="Commands")).to_contain_text("bcftools csq --local-csq")
    axe_in_both_themes(page)


def filters_in_place(person: Person) -> None:
    page = person.page
    person.mark()
    page.get_by_role("combobox", name="Gene").press_sequentially("atp")  # typed without their MT-
    suggested = page.locator("#genes option")
    expect(suggested).to_have_count(2)
    assert [each.get_attribute("value") for each in suggested.all()] == ["MT-ATP6", "MT-ATP8"]
    page.get_by_role("combobox", name="Gene").fill("MT-ND4")
    expect(page.locator("#count")).to_contain_text("1 variant ")
    expect(page).to_have_url(re.compile(r"gene=MT-ND4"))
    expect(page.get_by_role("combobox", name="Gene")).to_be_focused()
    page.go_back()
    expect(page.locator("#count")).not_to_contain_text("1 variant ")
    expect(page.get_by_role("combobox", name="Gene")).to_have_value("")
    page.go_forward()
    expect(page.locator("#count")).to_contain_text("1 variant ")
    low = page.get_by_role("checkbox", name=re.compile("low"))
    for state in ("LOW", "nothing"):
        low.press("Space")
        expect(page).to_have_url(re.compile("^(?!.*impact)" if state == "nothing" else state))
        expect(low).to_be_focused()
    assert person.has_not_reloaded()


def reads_one_variant(page: Page) -> None:
    page.get_by_role("link", name="MT:11,778").click()
    panel = page.get_by_role("region", name="MT:11,778")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("p.Arg340His")
    expect(panel).to_contain_text("NC_012920.1:m.11778G>A")
    expect(panel.get_by_role("link", name="gnomAD")).to_have_attribute(
        "href", "https://gnomad.broadinstitute.org/variant/M-11778-G-A?dataset=gnomad_r3"
    )
    axe_in_both_themes(page)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("link", name="MT:11,778")).to_be_focused()
    page.get_by_role("link", name=re.compile("Gene MT-ND4")).click()
    expect(page.locator("#count")).not_to_contain_text("1 variant ")


def downloads_agree(page: Page, folder: Path) -> None:
    variants, table_page = count(page), page.url
    files = {}
    for form, name in (("VCF", "VCF"), ("TSV", "TSV of effects"), ("Parquet", "Parquet")):
        page.get_by_text("Download this set", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile(f"^{name}")).click()
        files[form] = folder / download.value.suggested_filename
        download.value.save_as(files[form])
        page.goto(table_page)  # a file that took longer has a page of its own
    table = pq.read_table(files["Parquet"])
    keys = set(zip(table["record"].to_pylist(), table["allele"].to_pylist(), strict=True))
    lines = gzip.decompress(files["VCF"].read_bytes()).decode().splitlines()
    assert len(keys) == variants
    assert len(files["TSV"].read_text().splitlines()) == table.num_rows + 1
    assert len([li for li in lines if not li.startswith("#")]) == len({key[0] for key in keys})


def draws_the_genome(page: Page) -> None:
    page.get_by_role("link", name="MT:11,778").click()
    page.get_by_role("link", name="Show in the genome browser").click()
    expect(page.locator("#genome")).to_have_attribute("data-state", "ready", timeout=30_000)
    tracks = page.locator("#genome .igv-viewport:not(.igv-ruler-viewport) canvas")
    axe(page)
    # Sequence, genes and variants: each with letters or boxes, so more than one colour.
    expect(tracks).not_to_have_count(0)
    colours = [each.evaluate(INK) for each in tracks.all()]
    assert len([shown for shown in colours if shown > 1]) >= 3, colours
    for theme, least, most in (("light", 200, 255), ("dark", 10, 60)):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.wait_for_function(SHOWN, arg=theme)
        assert least < lightness(page) <= most, theme
    jumps_to_a_gene(page)
    draws_only_what_meets_the_filter(page)
    leads_back_to_the_table(page)


def jumps_to_a_gene(page: Page) -> None:
    """By the identifier with a version, as other sites write it; igv.js adds 1,000 bases."""
    page.locator("#genome .igv-search-input").fill("ENSG00000198886.2")
    page.locator("#genome .igv-search-input").press("Enter")
    expect(page.locator("#state")).to_contain_text("MT:9760-13137")


def draws_only_what_meets_the_filter(page: Page) -> None:
    """Of the variants in view none is of MT-ND4; without the filter they are drawn."""
    place = page.url.partition("?")[0]
    track = page.locator("#genome .igv-viewport").filter(has_text="sample.vcf").locator("canvas")
    page.goto(f"{place}?gene=MT-ND4&at=MT:8490-8560")
    expect(page.locator("#genome")).to_have_attribute("data-state", "ready", timeout=30_000)
    assert track.evaluate(INK) <= 1  # a background
    page.get_by_role("link", name="Show all variants").click()
    expect(page.locator("#genome")).to_have_attribute("data-state", "ready", timeout=30_000)
    assert track.evaluate(INK) > 1


def lightness(page: Page) -> float:
    """Of the genome browser as it is seen, from 0 to 255: the median of its pixels."""
    picture = Image.open(io.BytesIO(page.locator("#genome").screenshot()))
    return statistics.median(picture.convert("L").tobytes())


def leads_back_to_the_table(page: Page) -> None:
    """A click on a variant opens a list of what is known, in words, and the way to its row."""
    page.evaluate(NOTE_WHAT_IS_WRITTEN)
    page.locator("#genome .igv-search-input").fill("MT:8490-8560")
    page.locator("#genome .igv-search-input").press("Enter")
    expect(page.locator("#state")).to_contain_text("MT:8490-8560")
    # By the mitochondrial code: in the standard one this tryptophan, TGA, is a stop.
    page.wait_for_function("written.includes('W')")

    track = page.locator("#genome .igv-viewport").filter(has_text="sample.vcf")
    box = track.bounding_box()
    assert box
    track.click(position={"x": box["width"] * (8528.5 - 8490) / 71, "y": 13})
    popup = page.locator("#genome .gas-popup")
    expect(popup).to_contain_text("missense_variant · MODERATE · MT-ATP8")
    axe(page)
    popup.get_by_role("link", name="Show in the table").click()
    expect(page.locator("#count")).to_contain_text("1 variant ")


def test_should_follow_a_file_that_is_being_made_and_download_it(
    person: Person, sample: Path, cloud: DeployedCloud, tmp_path: Path
) -> None:
    page, job_id = person.page, person.upload(sample)
    person.wait_for_state("Completed")
    # As another web process would: it takes the export, says how far it is, and gives it up.
    table = cloud.account.dynamodb().Table(cloud.outputs["EphemeralTable"])
    leases = ExportLeases(table, clock=lambda: time.time() + 600)  # its lease outlasts the test
    job, args = cloud.jobs.require(job_id), (("gene", "MT-ND4"),)
    digest = ExportRequest(job=job, form=ExportForm.EFFECTS_TSV, args=args).digest
    assert leases.claim(digest)
    page.goto(f"/jobs/{job_id}/effects.tsv?gene=MT-ND4")
    expect(page.locator("#headline")).to_have_text("This file is in the queue.")
    axe_in_both_themes(page)
    leases.renew(digest, making=True, percent=42)
    expect(page.locator("#headline")).to_have_text("We are making this file.")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "42")

    with page.expect_download() as download:
        leases.made(digest)  # but the file isn't there: the site's own process makes it

    expect(page.locator("#headline")).to_have_text("The download has started.")
    assert download.value.suggested_filename == "sample.filtered.effects.tsv"
    download.value.save_as(tmp_path / "table.tsv")
    head, *lines = (tmp_path / "table.tsv").read_text().splitlines()
    assert lines
    assert {line.split("\t")[head.split("\t").index("SYMBOL")] for line in lines} == {"MT-ND4"}


def test_should_show_tables_filters_and_one_variant_when_scripts_are_off(
    person: Person, sample: Path
) -> None:
    job_id = person.upload(sample)
    person.wait_for_state("Completed")
    browser = person.page.context.browser
    assert browser
    with browser.new_context(
        base_url=person.page.url.split("/jobs")[0],
        java_script_enabled=False,
        storage_state=person.page.context.storage_state(),
    ) as context:
        page = context.new_page()
        page.goto(f"/jobs/{job_id}")
        page.get_by_role("link", name="MT-ATP6", exact=True).first.click()
        assert count(page) == 9
        page.get_by_role("combobox", name="Gene").fill("MT-ND4")
        page.get_by_role("button", name="Apply").click()
        assert count(page) == 3
        page.get_by_role("link", name="MT:11,778").click()
        expect(page.get_by_role("region", name="MT:11,778")).to_contain_text("p.Arg340His")


def test_should_stay_in_place_when_it_loads_on_a_phone(person: Person) -> None:
    page = person.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/example")
    page.goto(f"{page.url}/variants")
    expect(page.get_by_role("textbox", name="Search")).to_be_hidden()
    assert page.evaluate(SHIFT) < 0.1
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})  # which shows each step of igv.js
    page.goto(page.url.replace("/variants", "/genome"))
    expect(page.locator("#genome")).to_have_attribute("data-state", "ready", timeout=60_000)
    assert page.evaluate(SHIFT) < 0.1
