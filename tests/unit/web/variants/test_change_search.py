"""Searching for a change: its file, or the search, may have more bases than it needs."""

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.variants.filters import VariantQuery
from tests.unit.web.site import Site
from tests.unit.web.variants.conftest import vcf_of
from tests.unit.web.variants.results import annotated


@pytest.mark.parametrize(
    ("text", "alts"),
    [
        ("m.3243A>G", ["GGC"]),
        ("AGC3243GGC", ["GGC"]),
        ("M-3243-AG-A", ["AC"]),
        ("m.3243A>C", ["c"]),
        ("m.3243A>T", []),
        ("m.3243AG>GG", ["GGC"]),
        ("m.3243AT>CT", ["c"]),
    ],
)
def test_should_find_a_change_when_the_file_or_the_search_has_padding(
    padded: Job, site: Site, text: str, alts: list[str]
) -> None:
    page = site.services.variants.page(padded, VariantQuery.from_args({"q": [text]}))
    assert [variant.alt for variant in page.variants] == alts


@pytest.fixture(scope="module")
def padded(site: Site, owner: User) -> Job:
    """A record of three alleles, with a REF that is long enough for all of them, and another."""
    records = (
        ("MT", 3243, ".", "AGC", "GGC,AC,<DEL>", ".", "."),
        ("MT", 3243, ".", "a", "c", ".", "."),
    )
    return annotated(site, owner, vcf_of(records))
