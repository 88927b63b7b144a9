"""What people search for: each form finds its variant, and no other."""

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.search_terms import terms_of
from tests.unit.web.site import Site
from tests.unit.web.variants.conftest import vcf_of
from tests.unit.web.variants.results import annotated

RECORDS = (
    ("chrM", 73, ".", "A", "G", ".", "."),
    ("chrM", 248, ".", "AA", "A", ".", "."),
    ("chrM", 310, ".", "T", "TC", ".", "."),
    ("chrM", 3243, ".", "A", "G", ".", "."),
    ("chrM", 3460, ".", "G", "A", ".", "."),
    ("chrM", 7385, ".", "A", "G", ".", "."),
    ("chrM", 8344, ".", "A", "G", ".", "."),
    ("chrM", 8993, ".", "T", "G", ".", "."),
    ("chrM", 11778, ".", "G", "A", ".", "."),
    ("chr1", 3243, ".", "C", "T", ".", "."),
)
FORMS = {
    "m.249del": [248],
    "m.249delA": [248],
    "m.315dup": [310],
    "m.3243": [3243],
    "m.73": [73],
    "chrM 3243": [3243],
    "chrM 3,200-3,500": [3243, 3460],
    "3400-3500": [3460],
    "3,400-3,500": [3460],
    "m.3400_3500": [3460],
    "NC_012920.1:m.3243": [3243],
    "NC_012920.1:m.3243A>G": [3243],
    "A3243G": [3243],
    "R340H": [11778],
    "p.R340H": [11778],
    "p.Arg340His": [11778],
    "p.(Arg340His)": [11778],
    "MT-ND1:c.154G>A": [3460],
    "ND1:c.154G>A": [3460],
    "mt-nd4:p.R340H": [11778],
    "MT-ND4:c.154G>A": [],
    "ENSG00000198886": [11778],
    "ENST00000361381.2": [11778],
    "rs199474657": [3243],
    "8363469": [3243],  # a report in PubMed
    "Leigh": [3243, 8993],
    "m.3243A>G, m.8344A>G": [3243, 8344],
    "m.3243A>G m.8344A>G": [3243, 8344],
    "R340H; ND1:c.154G>A": [3460, 11778],
    "Leber hereditary optic neuropathy": [3460, 11778],
    "MERRF": [8344],
}


@pytest.fixture(scope="module")
def job(site: Site) -> tuple[Job, User]:
    """A result with the variants."""
    user = site.user()
    return annotated(site, user, vcf_of(RECORDS)), user


@pytest.mark.parametrize("text", FORMS)
def test_should_find_what_is_meant_when_a_search_has_a_form_of_the_field(
    job: tuple[Job, User], site: Site, text: str
) -> None:
    page = site.services.variants.page(
        job[0], VariantQuery.from_args({"q": [text], "sort": ["position"]})
    )

    found = [variant.position for variant in page.variants if variant.contig == "MT"]
    assert found == FORMS[text]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("11,778", ["11,778"]),
        ("3,230-3,304", ["3,230-3,304"]),
        ("chrM:3,230-3,304", ["chrM:3,230-3,304"]),
        ("3243,8344", ["3243", "8344"]),
        ("Leigh Syndrome", ["Leigh Syndrome"]),
        ("chrM 3243", ["chrM 3243"]),
        ("a; b\nc", ["a", "b", "c"]),
        (" , ", [" , "]),
    ],
)
def test_should_part_a_search_where_people_mean_several(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms
