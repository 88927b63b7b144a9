"""Several effects of a variant, on a reference of several contigs: nothing worse goes unsaid."""

import re

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.variant import Variant
from tests.genome.models import LENGTHS, genome
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import HEADER
from tests.unit.web.variants.results import annotated, exported
from tests.unit.web.variants.test_page import text_of

IN_BOTH = 12_292
"""In an intron of LONG, whose transcript is canonical, and in the tenth codon of INSIDE."""


def change(contig: str, position: int) -> tuple[str, str]:
    """REF, and another base."""
    ref = genome().base(contig, position)
    return ref, "ACGT".replace(ref, "")[0]


@pytest.fixture(scope="module")
def user(invented_site: Site) -> User:
    return invented_site.user()


@pytest.fixture
def browser(invented_site: Site, user: User) -> Browser:
    return invented_site.browser(user)


@pytest.fixture(scope="module")
def job(invented_site: Site, user: User) -> Job:
    """Position 590 of each contig that has it, a place in two genes, and another contig."""
    places = [(contig, 590) for contig in LENGTHS] + [("1", IN_BOTH)]
    lines = [
        "\t".join([contig, str(at), ".", *change(contig, at), ".", "PASS", ".", "GT", "0/1"])
        for contig, at in sorted(places)
    ]
    other = "\t".join(["unknown", "590", ".", "A", "C", ".", "PASS", ".", "GT", "0/1"])
    return annotated(invented_site, user, HEADER + "\n".join([*lines, other, ""]))


def found(site: Site, job: Job, **address: str) -> list[Variant]:
    query = VariantQuery.from_args({name: [value] for name, value in address.items()})
    return site.services.variants.page(job, query).variants


def test_should_show_the_pick_and_say_what_is_worse(invented_site: Site, job: Job) -> None:
    [variant] = found(invented_site, job, region=f"1:{IN_BOTH}")
    assert (variant.shown.symbol, variant.shown.picked) == ("LONG", True)
    assert variant.shown.terms == ("intron_variant",)
    assert variant.worse is not None
    assert (variant.worse.symbol, variant.worse.impact) == ("INSIDE", "MODERATE")


def test_should_show_what_meets_the_filter_when_the_pick_does_not(
    invented_site: Site, job: Job
) -> None:
    [variant] = found(invented_site, job, gene="inside")
    assert (variant.shown.symbol, variant.shown.picked, variant.worse) == ("INSIDE", False, None)


def test_should_say_in_each_form_that_another_effect_is_worse(browser: Browser, job: Job) -> None:
    where = f"/jobs/{job.job_id}/variants"
    page = text_of(browser.get(f"{where}?gene=LONG&variant=2-1").text)
    assert len(re.findall("worse: moderate missense variant in INSIDE", page)) == 2  # row and panel
    head, line = exported(browser, f"{where}.tsv?gene=LONG").text.splitlines()
    row = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    assert (row["Consequence"], row["PICK"], row["most_severe"]) == (
        "intron_variant",
        "true",
        "false",
    )
    assert row["most_severe_consequence"] == "missense_variant"


def test_should_show_where_a_transcript_is_hit_and_link_to_it(browser: Browser, job: Job) -> None:
    page = browser.get(f"/jobs/{job.job_id}/variants?region=1:590&variant=1-1").text
    panel = text_of(page[page.index('id="variant"') :])
    for part in ("canonical", "Exon 1/1", "Codons", "ENST00000000001.2:c.29", "p.Arg10"):
        assert part in panel
    assert 'href="https://www.ensembl.org/id/ENST00000000001"' in page


@pytest.mark.parametrize(
    ("text", "contigs"),
    [
        ("590", ["1", "2", "chrM", "empty.1", "unknown"]),
        ("{0}", ["1"]),
        ("NC_999001.1:g.{0}", ["1"]),
        ("1:{0}", ["1"]),
        ("c.29", ["1", "1"]),
        ("p.Arg10", ["1"]),
        ("ENST00000000001.2:C.29", ["1"]),
        ("unknown-590-A-C", ["unknown"]),
        ("m.590", ["chrM"]),
    ],
)
def test_should_find_names_with_and_without_their_accession(
    invented_site: Site, job: Job, text: str, contigs: list[str]
) -> None:
    ref, alt = change("1", 590)
    wanted = text.format(f"590{ref}>{alt}")
    variants = found(invented_site, job, q=wanted)
    same = [contig for contig in ("2", "chrM", "empty.1") if change(contig, 590) == (ref, alt)]
    extra = same if wanted == f"590{ref}>{alt}" else []
    assert sorted(each.contig for each in variants) == sorted([*contigs, *extra])
