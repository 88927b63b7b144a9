"""Where the alleles of a result are: a circular map with its genes, and a strip for each contig."""

import math
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.common.reference import Gene, Reference
from runtime.vcf.consequences import Impact
from runtime.web.services.summary import Positions, Summary

SIZE = 620
"""Width and height of the map, in its own units."""

CENTRE = SIZE / 2
FORWARD, REVERSE = 200.0, 182.0
GENE_WIDTH = 15.0
BAR_RADIUS, MAX_BAR_LENGTH = 214.0, 78.0
"""Inner radius of the bars, and the length of the longest."""

LABEL_RADIUS = 150.0
MIN_LABELLED = 0.018
"""Share of the contig: a shorter gene has no space for its name."""

MIN_LABELLED_SMALL = 0.05
"""The same where the map is small, on a phone, and names are larger in proportion."""

MOST_GENES = 300
"""On a map: of more, no mark could be told from the next."""

MOST_STRIPS = 30
"""Contigs that are drawn: an assembly may have thousands."""

TICKS = 8


class BarSegment(NamedTuple):
    """A part of a bar: the alleles of one impact."""

    impact: Impact
    path: str


class RingBar(NamedTuple):
    """Alleles of one bin, most severe first from the inside."""

    region: str
    alleles: int
    pieces: list[BarSegment]


class Arc(NamedTuple):
    """A gene on the map; `x` and `y` are the position of its label, None without space for one.

    `wide` says whether there is also space for it where the map is small.
    """

    name: str
    kind: str
    path: str
    x: float | None
    y: float | None
    wide: bool


class Tick(NamedTuple):
    """A labelled position."""

    text: str
    x: float
    y: float


class Ring(NamedTuple):
    """A circular contig, position 1 at the top, clockwise."""

    contig: str
    length: int
    alleles: int
    genes: list[Arc]
    bars: list[RingBar]
    ticks: list[Tick]


class Bar(NamedTuple):
    """Alleles of one bin on a strip; sizes in percent, `impact` is the most severe."""

    region: str
    alleles: int
    impact: Impact
    x: float
    width: float
    height: float


class Strip(NamedTuple):
    """A contig; its width in percent of the longest."""

    contig: str
    alleles: int
    width: float
    bars: list[Bar]


class StripChart(NamedTuple):
    """Strips of contigs, and how many contigs are left out, with how many alleles."""

    strips: list[Strip]
    contigs_left_out: int
    alleles_left_out: int


def ring_of(summary: Summary, reference: Reference) -> Ring | None:
    """Return the map of the first circular contig with alleles; None without one."""
    contigs = reference.manifest.contigs
    contig = next((c for c in contigs if c.circular and c.name in summary.positions), None)
    if contig is None:
        return None
    positions = summary.positions[contig.name]
    bins = _bins(positions, contig)
    most = max((sum(counts.values()) for counts in bins.values()), default=1)
    genes = reference.genes_of(contig.name)
    return Ring(
        contig=contig.name,
        length=contig.length,
        alleles=_alleles(positions),
        genes=[_arc(gene, contig) for gene in genes] if len(genes) <= MOST_GENES else [],
        bars=[
            _ring_bar(positions, contig, at, counts, most=most)
            for at, counts in sorted(bins.items())
        ],
        ticks=[_tick(contig, at) for at in range(TICKS)],
    )


def strips_of(summary: Summary, reference: Reference) -> StripChart:
    """Return the reference's contigs that have the most alleles, in its order."""
    contigs = [c for c in reference.manifest.contigs if c.name in summary.positions]
    alleles = {contig.name: _alleles(summary.positions[contig.name]) for contig in contigs}
    drawn = set(sorted(alleles, key=lambda name: -alleles[name])[:MOST_STRIPS])
    longest = max((contig.length for contig in contigs if contig.name in drawn), default=1)
    return StripChart(
        strips=[
            _strip(summary.positions[contig.name], contig, longest)
            for contig in contigs
            if contig.name in drawn
        ],
        contigs_left_out=len(alleles) - len(drawn),
        alleles_left_out=sum(count for name, count in alleles.items() if name not in drawn),
    )


def _alleles(positions: Positions) -> int:
    return sum(sum(bins.values()) for bins in positions.impacts.values())


def _strip(positions: Positions, contig: Contig, longest: int) -> Strip:
    bins = _bins(positions, contig)
    totals = {at: sum(counts.values()) for at, counts in bins.items()}
    most = max(totals.values(), default=1)
    width = 100 * positions.bin_bases / contig.length
    bars = [
        Bar(
            region=_region(positions, contig, at),
            alleles=totals[at],
            impact=next(iter(bins[at])),
            x=round(at * width, 3),
            width=round(min(width, 100 - at * width), 3),
            height=round(8 + 92 * totals[at] / most, 2),
        )
        for at in sorted(bins)
    ]
    share = round(max(2.0, 100 * contig.length / longest), 2)
    return Strip(contig.name, sum(totals.values()), share, bars)


def _bins(positions: Positions, contig: Contig) -> dict[int, dict[Impact, int]]:
    """Alleles by bin and impact, most severe first."""
    found: dict[int, dict[Impact, int]] = {}
    for impact in Impact:
        for at, count in positions.impacts.get(impact, {}).items():
            if at * positions.bin_bases < contig.length:
                found.setdefault(at, {})[impact] = count
    return found


def _region(positions: Positions, contig: Contig, at: int) -> str:
    width = positions.bin_bases
    return f"{contig.name}:{at * width + 1}-{min((at + 1) * width, contig.length)}"


def _ring_bar(
    positions: Positions, contig: Contig, at: int, counts: dict[Impact, int], *, most: int
) -> RingBar:
    width = positions.bin_bases
    first, last = _angle(at * width, contig), _angle(min((at + 1) * width, contig.length), contig)
    pieces, inner = [], BAR_RADIUS
    for impact, count in counts.items():
        outer = inner + max(3.0, MAX_BAR_LENGTH * count / most)
        pieces.append(BarSegment(impact, _sector(first, last, inner, outer)))
        inner = outer
    return RingBar(_region(positions, contig, at), sum(counts.values()), pieces)


_KINDS = {"protein_coding": "cds", "Mt_rRNA": "rrna", "rRNA": "rrna"}


def _arc(gene: Gene, contig: Contig) -> Arc:
    first, last = _angle(gene.start - 1, contig), _angle(gene.end, contig)
    radius = FORWARD if gene.strand == "+" else REVERSE
    path = _sector(first, last, radius - GENE_WIDTH / 2, radius + GENE_WIDTH / 2)
    x = y = None
    share = (gene.end - gene.start + 1) / contig.length
    if share >= MIN_LABELLED:
        x, y = _point((first + last) / 2, LABEL_RADIUS)
    kind = _KINDS.get(gene.biotype, "trna")
    return Arc(gene.name, kind, path, x, y, wide=share >= MIN_LABELLED_SMALL)


def _tick(contig: Contig, at: int) -> Tick:
    position = round(contig.length * at / TICKS / 100) * 100
    x, y = _point(_angle(position, contig), BAR_RADIUS + MAX_BAR_LENGTH + 14)
    return Tick(f"{max(1, position):,}", x, y)


def _angle(position: int, contig: Contig) -> float:
    return 2 * math.pi * position / contig.length


def _point(angle: float, radius: float) -> tuple[float, float]:
    return (
        round(CENTRE + radius * math.sin(angle), 1),
        round(CENTRE - radius * math.cos(angle), 1),
    )


def _sector(first: float, last: float, inner: float, outer: float) -> str:
    """A piece of a ring between two angles, as a path."""
    (ax, ay), (bx, by) = _point(first, outer), _point(last, outer)
    (cx, cy), (dx, dy) = _point(last, inner), _point(first, inner)
    large = int(last - first > math.pi)
    return (
        f"M{ax} {ay}A{outer:.1f} {outer:.1f} 0 {large} 1 {bx} {by}"
        f"L{cx} {cy}A{inner:.1f} {inner:.1f} 0 {large} 0 {dx} {dy}Z"
    )
