"""The page of variants: what it shows, that its state is its URL, and what it refuses."""

import html
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.variants.query_engine import QueryEngine, QueryLimits
from tests.unit.web.job_states import running
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import annotated


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def links_of(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)]


def test_should_show_counts_filter_and_rows_when_a_filter_is_in_the_address(
    browser: Browser, job: Job
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?gene=MT-ND4&impact=MODERATE").text
    text = text_of(page)
    assert "1 variant in 1 record, with 1 effect" in text
    assert "MT:11,778" in text
    assert "p.Arg340His" in text
    assert 'value="MODERATE" checked' in page
    assert 'value="MT-ND4"' in page
    assert f"/jobs/{job.job_id}/variants?impact=MODERATE" in links_of(page)  # without the gene
    for region, begins in (("", "MT:73-73"), ("MT:5-9", "MT:5-9"), ("MT:70-99", "MT:70-99")):
        page = browser.get(f"/jobs/{job.job_id}/variants?region={region}&sort=position").text
        at = f"/jobs/{job.job_id}/genome?at={quote(begins)}&"
        assert any(link.startswith(at) for link in links_of(page))


def test_should_show_one_variant_whole_when_it_is_selected(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?variant=5-1").text
    panel = text_of(page[page.index('id="variant"') :])
    for part in ("2 effects", "MT-ATP8", "MT-ATP6", "NC_012920.1:m.8527A>G", "Record 5"):
        assert part in panel
    assert any(link.startswith("https://gnomad.broadinstitute.org/") for link in links_of(page))


def test_should_say_whose_each_value_is_and_of_when_in_the_panel(
    browser: Browser, job: Job
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?variant=4-1").text
    panel = text_of(page[page.index('id="variant"') :]).replace(" ,", ",")

    assert "Disease associations MITOMAP, 2025-02-13 ClinGen's rating Pathogenic" in panel
    assert "Status in MITOMAP Confirmed Reported disease MELAS Leigh Syndrome" in panel
    assert "Population frequencies MITOMAP, 2025-02-13 Sequences of 61,883 10" in panel
    assert "Frequency in GenBank 0.0162 %" in panel
    assert "MitoTIP (Sonney et al. 2017), CC BY 4.0" in panel
    assert "MITOMAP, CC BY 3.0" in panel
    assert "https://pubmed.ncbi.nlm.nih.gov/8363469/" in links_of(page)
    assert "461 more" in panel


def test_should_say_not_listed_with_the_size_of_the_list_when_nothing_is_known(
    browser: Browser, job: Job
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?variant=1-1").text
    panel = text_of(page[page.index('id="variant"') :])

    assert "Not listed doesn't mean benign." in panel
    assert (
        "Not in this list of 1,036 variants (variants that were reported with a disease)" in panel
    )
    assert "Lies in control region HVS2" in panel
    assert "modifier in control region, HVS2 intergenic variant" in panel
    assert "Sequences of 61,883 46,698" in panel
    table = text_of(page[page.index("<tbody>") : page.index("</tbody>")])
    assert "G modifier in control region, HVS2" in table
    assert "rs869183622 not listed 75.5 %" in table
    assert "MITOMAP, 2025-02-13, 1,036 variants." in text_of(page)


def test_should_offer_the_values_of_each_list_with_counts_when_there_are_some(
    browser: Browser, job: Job
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?field=mitomap_status:Confirmed").text

    assert 'value="mitomap_status:Confirmed" checked' in page
    assert "Status in MITOMAP Confirmed : remove" in text_of(page)
    for value in ("mitomap_status:none", "region_name:HVS2"):
        assert f'value="{value}"' in page


def test_should_keep_the_columns_and_rows_that_a_browser_chose(site: Site, job: Job) -> None:
    owner = site.services.users.get(job.user_id)
    assert owner
    browser, base = site.browser(owner), f"/jobs/{job.job_id}/variants"

    condition = "impact=HIGH&impact=MODERATE"
    answer = browser.get(f"{base}?{condition}&column=gene&column=quality&size=25")
    assert answer.text.count("checked hidden>") == 2  # the form keeps the filter
    again = browser.get(f"{base}?sort=position").text

    assert "HttpOnly" in answer.headers["Set-Cookie"]
    for page in (answer.text, again):
        heads = re.findall(r'<a id="sort-(\w+)"', page)
        assert heads == ["position", "gene", "quality"]
        assert "<option selected>25</option>" in page
    for size in ("0", "1000000", "x"):  # nobody gets more than the largest
        assert "<option selected>25</option>" in browser.get(f"{base}?size={size}").text


def test_should_mark_a_significance_by_its_kind_when_it_is_shown(
    browser: Browser, job: Job
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?variant=4-1").text

    for kind, words in (("pathogenic", "Pathogenic"), ("benign", "Benign")):
        assert re.search(rf'class="rating rating-{kind}" title="[^"]+">{words}<', page)


def test_should_let_names_be_copied_and_lead_to_the_next_variant_in_the_panel(
    browser: Browser, job: Job
) -> None:
    base = f"/jobs/{job.job_id}/variants"
    page = browser.get(f"{base}?sort=position&variant=7-1").text
    panel = page[page.index('id="variant"') :]

    for name in ("NC_012920.1:m.11778G>A", "MT-ND4", "rs199476112"):
        assert f'data-copy="{html.escape(name)}" hidden' in panel
    assert f"{base}?sort=position&variant=6-2#variant" in links_of(panel)
    assert f"{base}?sort=position&variant=8-1#variant" in links_of(panel)


@pytest.mark.parametrize(("variant", "name"), [("4-1", "RNA"), ("7-1", "Coding")])
def test_should_call_a_change_of_an_rna_not_coding(
    browser: Browser, job: Job, variant: str, name: str
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?variant={variant}").text

    other = {"RNA": "Coding", "Coding": "RNA"}[name]
    assert f"<dt>{name}</dt>" in page
    assert f"<dt>{other}</dt>" not in page


def test_should_keep_the_filter_on_the_way_to_the_genome_browser_and_back(
    browser: Browser, job: Job
) -> None:
    base = f"/jobs/{job.job_id}"
    page = browser.get(f"{base}/variants?gene=MT-ND4&impact=MODERATE&sort=gene").text
    there = f"{base}/genome?at=MT%3A11778-11778&gene=MT-ND4&impact=MODERATE&sort=gene"
    assert there in links_of(page)

    genome = browser.get(there).text

    assert f"{base}/variants?gene=MT-ND4&impact=MODERATE&sort=gene" in links_of(genome)
    kept = f"{base}/variants?gene=MT-ND4&impact=MODERATE&region=MT%3A11778&sort=gene"
    assert kept in links_of(genome)
    assert "table\N{RIGHT SINGLE QUOTATION MARK}s filter: Gene MT-ND4; Impact MODERATE" in text_of(
        genome
    )
    assert f"{base}/genome?at=MT:11778" in links_of(genome)
    assert browser.get(f"{base}/genome?impact=BAD").status_code == 400


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("gene=ND9&class=SNV", "The reference has no gene ND9. Do you mean MT-ND"),
        ("gene=nd1", "No variant in MT-ND1 meets the whole filter."),
        ("region=MT:20000-20010", "MT ends at 16,569."),
        ("region=chr7:5-9", "Neither your file nor the reference has a contig chr7."),
    ],
)
def test_should_say_why_when_the_filter_leaves_nothing(
    browser: Browser, job: Job, condition: str, said: str
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?{condition}").text

    assert "0 variants" in text_of(page)
    assert "No matching variants" in text_of(page)
    assert said in text_of(page)


def test_should_lead_on_when_no_gene_has_that_name(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?gene=ND9&class=SNV").text

    assert f"/jobs/{job.job_id}/variants?gene=MT-ND4&class=SNV" in links_of(page)
    assert any("q=ND9" in link for link in links_of(page))


@pytest.mark.parametrize("condition", ["gene=nd4", "region=11770-11780", "region=11,770-11,780"])
def test_should_find_what_is_meant_when_a_prefix_or_a_contig_is_left_out(
    browser: Browser, job: Job, condition: str
) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?{condition}").text

    assert "1 variant in 1 record" in text_of(page)
    assert "MT:11,778" in text_of(page)


def test_should_say_what_is_wrong_when_the_filter_cannot_be(browser: Browser, job: Job) -> None:
    answer = browser.get(f"/jobs/{job.job_id}/variants?af_min=many&gene=MT-ND4&sort=-gene")
    assert answer.status_code == 400
    assert "Write a number from 0 to 1." in answer.text
    assert 'value="many"' in answer.text  # what was written stays
    assert 'name="sort" value="-gene"' in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.fixture
def result_of_own_site(own_site: Site) -> tuple[Browser, Job]:
    """The result of a site whose services a test replaces, and its owner's browser."""
    user = own_site.user()
    return own_site.browser(user), annotated(own_site, user, vcf_of(RECORDS))


def test_should_say_what_to_do_when_a_query_takes_too_long(
    own_site: Site, result_of_own_site: tuple[Browser, Job], folder: Path
) -> None:
    browser, job = result_of_own_site
    no_slot = QueryLimits(concurrent=0, page_seconds=0)
    own_site.replace_variants(engine=QueryEngine(folder, no_slot))
    answer = browser.get(f"/jobs/{job.job_id}/variants?q=x")
    assert answer.status_code == 503
    assert "Narrow it, by a gene or a region" in answer.text


def test_should_ask_for_patience_when_the_cache_is_full_of_what_others_look_at(
    own_site: Site, result_of_own_site: tuple[Browser, Job], folder: Path
) -> None:
    browser, job = result_of_own_site
    cache = own_site.services.variants.cache
    own_site.replace_variants(cache=replace(cache, folder=folder, max_bytes=10))
    answer = browser.get(f"/jobs/{job.job_id}/variants")
    assert (answer.status_code, "in a minute" in answer.text) == (503, True)


def test_should_say_why_when_the_job_has_not_ended(site: Site, owner: User) -> None:
    job = running(site, owner)
    answer = site.browser(owner).get(f"/jobs/{job.job_id}/variants")
    assert answer.status_code == 409
    assert "This job has no result yet." in answer.text


def test_should_show_text_as_text_when_the_upload_holds_markup(site: Site, owner: User) -> None:
    records = (("chrM", 73, "<b>x</b>", "A", "G", ".", "."),)
    job = annotated(site, owner, vcf_of(records))
    page = site.browser(owner).get(f"/jobs/{job.job_id}/variants?q=%3Cb%3E&variant=1-1").text
    assert "<b>x" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
