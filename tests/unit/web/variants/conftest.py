"""One annotated result for the session: every kind of variant, of known and unknown contigs."""

from pathlib import Path
from typing import Any

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.family import Family, create_family
from tests.unit.web.variants.results import annotated, rows_of

HEADER = (
    "##fileformat=VCFv4.2\n"
    '##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
)
RECORDS = (
    ("chrM", 73, ".", "A", "G", "50", "AF=0.9"),
    ("chrM", 263, "mine1;mine2", "A", "G", ".", "AF=0.5"),
    ("chrM", 3107, ".", "N", ".", ".", "."),
    ("chrM", 3243, "rs199474657", "A", "G,T", "99.5", "AF=0.01,0.002"),
    ("chrM", 8527, ".", "A", "G", "10", "."),  # in MT-ATP8 and in MT-ATP6
    ("chrM", 8993, ".", "T", "G,C", "20", "AF=0.25,0.75"),
    ("chrM", 11778, ".", "G", "A", "30", "AF=1"),
    ("chrM", 12308, ".", "A", "G", ".", "AF=0"),
    ("chrM", 16519, ".", "T", "C", ".", "AF=."),
    ("chr1", 1000, "rs1", "C", "<DEL>", ".", "AF=0.3"),
)


def vcf_of(records: tuple[tuple[str, int, str, str, str, str, str], ...]) -> str:
    """A VCF with one sample."""
    lines = [
        "\t".join([contig, str(at), known, ref, alt, quality, "PASS", info, "GT", "0/1"])
        for contig, at, known, ref, alt, quality, info in records
    ]
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def owner(site: Site) -> User:
    """Whose result it is."""
    return site.user("Ada")


@pytest.fixture(scope="session")
def job(site: Site, owner: User) -> Job:
    """The job with the result."""
    return annotated(site, owner, vcf_of(RECORDS))


@pytest.fixture(scope="session")
def rows(site: Site, job: Job, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rows of its Parquet file, read without DuckDB."""
    return rows_of(site, job, tmp_path_factory.mktemp("rows"))


@pytest.fixture
def browser(site: Site, owner: User) -> Browser:
    """The owner's browser."""
    return site.browser(owner)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for copies."""
    return tmp_path / "copies"


@pytest.fixture
def result_of_own_site(own_site: Site) -> tuple[Browser, Job]:
    """The result of a site whose services a test replaces, and its owner's browser."""
    user = own_site.user()
    return own_site.browser(user), annotated(own_site, user, vcf_of(RECORDS))


@pytest.fixture(scope="session")
def family(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Family:
    """A result with four samples."""
    return create_family(site, tmp_path_factory.mktemp("family"))
