"""What tracks say of a variant: dbSNP's ids, and frequencies in populations."""

from dataclasses import replace
from pathlib import Path

import pytest

from reference.build import build
from reference.options import read_track
from reference.progress import SILENT
from runtime.common.job import Job
from runtime.common.reference import Reference
from runtime.common.users import User
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.vep_terms import field_label
from tests.genome.bundle import write_sources
from tests.genome.models import genome
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import HEADER
from tests.unit.web.variants.results import annotated
from tests.unit.web.variants.test_page import links_of, text_of

KNOWN, RARE, ODD, ABSENT = 40, 60, 80, 100
"""Positions of contig 1 where the track says something else each."""

TRACK = """\
##fileformat=VCFv4.3
##INFO=<ID=RS,Number=.,Type=Integer,Description="dbSNP ID">
##INFO=<ID=AF,Number=.,Type=String,Description="Allele frequency">
##INFO=<ID=nhomalt,Number=A,Type=Integer,Description="Homozygotes">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""


def _allele(position: int) -> str:
    ref = genome().base("1", position)
    return f"1\t{position}\t.\t{ref}\t{'ACGT'.replace(ref, '')[0]}"


@pytest.fixture(scope="module")
def user(invented_site: Site) -> User:
    return invented_site.user()


@pytest.fixture
def browser(invented_site: Site, user: User) -> Browser:
    return invented_site.browser(user)


@pytest.fixture(scope="module")
def job(invented_site: Site, user: User, tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("fields")
    said = {
        KNOWN: "RS=77|78;AF=0.25;nhomalt=9",
        RARE: "AF=0.0005;nhomalt=0",
        ODD: "AF=about_a_half",
    }
    lines = [f"{_allele(at)}\t.\t.\t{info}" for at, info in said.items()]
    (folder / "given.vcf").write_text(TRACK + "\n".join([*lines, ""]))
    track = read_track(f"gnomad={folder / 'given.vcf'}:INFO/RS,INFO/AF,INFO/nhomalt")
    build(replace(write_sources(folder), tracks=(track,)), folder / "bundle", SILENT)
    records = [f"{_allele(at)}\t.\tPASS\t.\tGT\t0/1" for at in (*said, ABSENT)]
    reference = Reference.load(folder / "bundle")
    return annotated(invented_site, user, HEADER + "\n".join([*records, ""]), made_with=reference)


def _positions(site: Site, job: Job, **address: str) -> list[int]:
    query = VariantQuery.from_args({name: [value] for name, value in address.items()})
    return [variant.position for variant in site.services.variants.page(job, query).variants]


def test_should_find_and_link_an_rs_id_when_a_track_gives_its_number(
    invented_site: Site, browser: Browser, job: Job
) -> None:
    for written in ("rs77", "RS78"):
        assert _positions(invented_site, job, known=written) == [KNOWN]
    assert _positions(invented_site, job, known="77") == []

    page = browser.get(f"/jobs/{job.job_id}/variants?variant=1-1").text

    assert {f"https://www.ncbi.nlm.nih.gov/snp/{each}" for each in ("rs77", "rs78")} <= set(
        links_of(page)
    )
    assert "rs77" in text_of(page)


@pytest.mark.parametrize(
    ("bound", "positions"),
    [
        ("0.001", [RARE, ABSENT]),
        ("0.25", [KNOWN, RARE, ABSENT]),
        ("0.2499", [RARE, ABSENT]),
        ("0", [ABSENT]),
        ("1", [KNOWN, RARE, ABSENT]),
    ],
)
def test_should_keep_rare_and_absent_variants_when_a_highest_frequency_is_given(
    invented_site: Site, job: Job, bound: str, positions: list[int]
) -> None:
    assert _positions(invented_site, job, population_af_max=bound) == positions


def test_should_say_what_counts_as_rare_when_a_reference_has_frequencies(
    browser: Browser, job: Job
) -> None:
    page = text_of(
        browser.get(f"/jobs/{job.job_id}/variants?population_af_max=0.3&variant=1-1").text
    )

    assert "In each of: gnomAD allele frequency. A variant that isn't listed there counts" in page
    assert "Population frequency to 0.3" in page
    assert "gnomAD homozygotes 9" in page


def test_should_match_nothing_when_the_reference_has_no_frequencies(
    invented_site: Site, user: User, browser: Browser, tmp_path: Path
) -> None:
    build(replace(write_sources(tmp_path), tracks=()), tmp_path / "bundle", SILENT)
    bare = Reference.load(tmp_path / "bundle")
    record = f"{_allele(RARE)}\t.\tPASS\t.\tGT\t0/1\n"
    found = annotated(invented_site, user, HEADER + record, made_with=bare)

    assert _positions(invented_site, found, population_af_max="0.5") == []
    page = browser.get(f"/jobs/{found.job_id}/variants?population_af_max=0.5").text
    assert "The reference has no population frequencies, so nothing matches." in text_of(page)


@pytest.mark.parametrize(
    ("column", "label"),
    [
        ("known_id", "Known ID"),
        ("clinvar_id", "ClinVar ID"),
        ("dbsnp_id", "dbSNP ID"),
        ("condition", "Condition"),
        ("clinical_significance", "Clinical significance"),
        ("gnomad_exomes_an", "gnomAD exomes number of alleles"),
        ("known_gnomadg_af", "Known gnomAD genomes allele frequency"),
    ],
)
def test_should_say_in_words_what_a_column_holds(column: str, label: str) -> None:
    assert field_label(column) == label
