"""Where the alleles of a result are: each contig as a strip of bars, all to one scale."""

from collections import Counter
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.common.reference import Reference
from runtime.vcf.consequences import Impact
from runtime.web.services.allele_bins import alleles_of, bins_of, region_of
from runtime.web.services.pathogenic_marks import Mark, marks_of
from runtime.web.services.summary import Positions, Summary

MOST_STRIPS = 60
"""Contigs that are drawn: an assembly may have thousands."""

MOST_NAMED = 200
"""Of the contigs that aren't drawn."""

SHORTEST_STRIP = 0.01
"""Share of the longest contig: a shorter one would be a dot in a drawing to scale."""

LOWEST_BAR, LOWEST_PIECE = 8.0, 8.0
"""Heights in percent: so much is seen of the smallest count."""


class BarPiece(NamedTuple):
    """A part of a bar on a strip: the alleles of one impact; `y` from the top, both in percent."""

    impact: Impact
    y: float
    height: float


class Bar(NamedTuple):
    """Alleles of one bin on a strip, the most severe at the bottom; sizes in percent."""

    region: str
    alleles: int
    x: float
    width: float
    pieces: list[BarPiece]
    mark: Mark | None


class Strip(NamedTuple):
    """A contig; its width in percent of the longest."""

    contig: str
    alleles: int
    width: float
    bars: list[Bar]


class StripChart(NamedTuple):
    """Contigs to one scale.

    Attributes:
        longest: the longest contig that has alleles, which has the full width.
        most: alleles in as many bases, of the bar that has the full height.
        others: contigs that aren't drawn, with their alleles, the largest count first.
        unnamed: how many more contigs aren't drawn, with `unnamed_alleles` alleles.
    """

    strips: list[Strip]
    longest: Contig | None
    others: list[tuple[str, int]]
    unnamed: int
    unnamed_alleles: int
    most: tuple[int, int] = (1, 1)

    @property
    def has_marks(self) -> bool:
        """Whether any contig has a pathogenic variant."""
        return any(bar.mark for strip in self.strips for bar in strip.bars)


def strips_of(summary: Summary, reference: Reference) -> StripChart:
    """Return the longer contigs that have the most alleles, in the reference's order."""
    contigs = [c for c in reference.manifest.contigs if c.name in summary.positions]
    alleles = {contig.name: alleles_of(summary.positions[contig.name]) for contig in contigs}
    longest = max(contigs, key=lambda contig: contig.length, default=None)
    by_count = sorted(contigs, key=lambda contig: -alleles[contig.name])
    drawn = [c for c in by_count if longest and c.length >= SHORTEST_STRIP * longest.length]
    names = {contig.name for contig in drawn[:MOST_STRIPS]}
    others = [(c.name, alleles[c.name]) for c in by_count if c.name not in names]
    shown = [contig for contig in contigs if contig.name in names]
    fullest = [_fullest(summary.positions[contig.name]) for contig in shown]
    most = max(fullest, key=lambda each: each[0] / each[1], default=(1, 1))
    return StripChart(
        strips=[
            _strip(summary, contig, longest.length, most[0] / most[1])
            for contig in shown
            if longest
        ],
        longest=longest,
        others=others[:MOST_NAMED],
        unnamed=len(others[MOST_NAMED:]),
        unnamed_alleles=sum(count for _, count in others[MOST_NAMED:]),
        most=most,
    )


def _fullest(positions: Positions) -> tuple[int, int]:
    """Alleles of the fullest bin, and how many bases it has."""
    totals = Counter[int]()
    for bins in positions.impacts.values():
        totals.update(bins)
    return max(totals.values(), default=1), positions.bin_bases


def _strip(summary: Summary, contig: Contig, longest: int, most: float) -> Strip:
    """Draw a contig; `most` is the density, in alleles per base, that fills the height."""
    positions, marks = summary.positions[contig.name], marks_of(summary, contig)
    width = 100 * positions.bin_bases / contig.length
    bins = bins_of(positions, contig)
    bars = [
        Bar(
            region=region_of(positions, contig, at),
            alleles=sum(bins[at].values()),
            x=round(at * width, 3),
            width=round(min(width, 100 - at * width), 3),
            pieces=_pieces(bins[at], sum(bins[at].values()) / positions.bin_bases / most),
            mark=marks.get(at),
        )
        for at in sorted(bins)
    ]
    share = round(100 * contig.length / longest, 2)
    return Strip(contig.name, sum(bar.alleles for bar in bars), share, bars)


def _pieces(counts: dict[Impact, int], share: float) -> list[BarPiece]:
    """Stack the impacts of a bar that fills a share of the height; each can be seen."""
    height, total = LOWEST_BAR + (100 - LOWEST_BAR) * share, sum(counts.values())
    heights = [max(LOWEST_PIECE, height * count / total) for count in counts.values()]
    shrink = min(1.0, 100 / sum(heights))
    pieces, top = [], 100.0
    for impact, each in zip(counts, heights, strict=True):
        top -= each * shrink
        pieces.append(BarPiece(impact, round(max(0.0, top), 2), round(each * shrink, 2)))
    return pieces
