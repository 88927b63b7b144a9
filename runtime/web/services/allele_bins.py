"""Bins of a contig's alleles, as a summary counts them: with their regions, and in total."""

from runtime.common.manifest import Contig
from runtime.vcf.consequences import Impact
from runtime.web.services.summary import Positions


def alleles_of(positions: Positions) -> int:
    """Return how many annotated alleles a contig has."""
    return sum(sum(bins.values()) for bins in positions.impacts.values())


def bins_of(positions: Positions, contig: Contig) -> dict[int, dict[Impact, int]]:
    """Return the alleles by bin and impact, most severe first."""
    found: dict[int, dict[Impact, int]] = {}
    for impact in Impact:
        for at, count in positions.impacts.get(impact, {}).items():
            if at * positions.bin_bases < contig.length:
                found.setdefault(at, {})[impact] = count
    return found


def region_of(positions: Positions, contig: Contig, at: int) -> str:
    """Return the region of a bin, as a filter has it."""
    width = positions.bin_bases
    return f"{contig.name}:{at * width + 1}-{min((at + 1) * width, contig.length)}"
