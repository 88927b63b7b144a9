"""Regions as people write them, and where they are in the reference."""

import pytest

from runtime.common.manifest import Contig
from runtime.common.reference import Reference
from runtime.web.services.variants.region import ReferenceRegion, Region, locate, parse_region
from tests.unit.web.site import Site

HLA = Contig(name="HLA-A*01:01:01:01", aliases=[], length=3503, genetic_code=1, circular=False)
SHORT = Contig(name="HLA-A*24:152", aliases=[], length=3500, genetic_code=1, circular=False)


@pytest.fixture(scope="session")
def reference(site: Site) -> Reference:
    """The bundle's, with contigs whose names have colons."""
    found = site.reference
    contigs = [*found.manifest.contigs, HLA, SHORT]
    return Reference(found.folder, found.manifest.model_copy(update={"contigs": contigs}))


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("MT", Region("MT")),
        (" chrM : 3,230 - 3,304 ", Region("chrM", 3230, 3304)),
        ("MT:16500-20", Region("MT", 16500, 20)),
        ("3243", Region("3243")),
        ("HLA*01:5", Region("HLA*01", 5, 5)),
        ("HLA-A*01:01:01:01", Region("HLA-A*01:01:01:01")),
        ("HLA-A*01:11N", Region("HLA-A*01:11N")),
        ("HLA-A*01:01:01:01:5-1,005", Region("HLA-A*01:01:01:01", 5, 1005)),
        ("a:b:5-7", Region("a:b", 5, 7)),
    ],
)
def test_should_read_a_region_as_people_write_it(text: str, region: Region) -> None:
    assert parse_region(text) == region
    assert parse_region(str(region)) == region


@pytest.mark.parametrize("text", ["", ":", "MT:", "MT:x", "MT:3243-", "MT:3243-x", "MT:-5", ":5:"])
def test_should_say_how_to_write_a_region_when_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="contig:start-end"):
        parse_region(text)


@pytest.mark.parametrize(
    ("text", "contig", "positions"),
    [
        ("MT", "MT", (None, None)),
        ("mt:3230-3304", "MT", (3230, 3304)),
        ("CHRm:5", "MT", (5, 5)),
        ("3,243", "MT", (3243, 3243)),
        ("hla-a*01:01:01:01:5-9", HLA.name, (5, 9)),
        ("HLA-A*01:01:01:01", HLA.name, (None, None)),
        ("HLA-A*24:152", SHORT.name, (None, None)),
        ("HLA-A*24:152:7", SHORT.name, (7, 7)),
    ],
)
def test_should_locate_a_region_when_the_reference_has_its_contig(
    reference: Reference, text: str, contig: str, positions: tuple[int | None, int | None]
) -> None:
    found = locate(parse_region(text), reference)
    assert found == ReferenceRegion(reference.contigs[contig], *positions)


@pytest.mark.parametrize("text", ["chr1", "chr1:5-9", "HLA-A*24", "9" * 200])
def test_should_locate_nothing_when_the_reference_lacks_the_contig(
    reference: Reference, text: str
) -> None:
    assert locate(parse_region(text), reference) is None
