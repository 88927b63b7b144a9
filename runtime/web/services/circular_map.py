"""Where the alleles of a circular contig are, on a map with its genes."""

import math
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.common.reference import Gene, Reference
from runtime.vcf.consequences import Impact
from runtime.web.services.allele_bins import alleles_of, bins_of, region_of
from runtime.web.services.pathogenic_marks import Mark, marks_of
from runtime.web.services.summary import Positions, Summary

SIZE = 620
"""Width and height of the map, in its own units."""

CENTRE = SIZE / 2
FORWARD, REVERSE = 200.0, 182.0
GENE_WIDTH = 15.0
BAR_RADIUS, MAX_BAR_LENGTH = 214.0, 78.0
"""Inner radius of the bars, and the length of the longest."""

LOWEST_PIECE = 3.0
"""So much is seen of the smallest count."""

MARK_DISTANCE = 10.0
"""From the end of a bar to the middle of its mark."""

LABEL_RADIUS = 150.0
MIN_LABELLED = 0.018
"""Share of the contig: a shorter gene has no space for its name."""

MIN_LABELLED_SMALL = 0.05
"""The same where the map is small, on a phone, and names are larger in proportion."""

MOST_GENES = 300
"""On a map: of more, no mark could be told from the next."""

TICKS = 8


class BarSegment(NamedTuple):
    """A part of a bar: the alleles of one impact."""

    impact: Impact
    path: str


class RingMark(NamedTuple):
    """The mark of a bin with pathogenic variants, and its place."""

    mark: Mark
    x: float
    y: float


class RingBar(NamedTuple):
    """Alleles of one bin, most severe first from the inside."""

    region: str
    alleles: int
    pieces: list[BarSegment]
    mark: RingMark | None


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
    """A circular contig, position 1 at the top, clockwise; `most` alleles are in one bar."""

    contig: str
    length: int
    alleles: int
    most: int
    genes: list[Arc]
    bars: list[RingBar]
    ticks: list[Tick]


def ring_of(summary: Summary, reference: Reference) -> Ring | None:
    """Return the map of the first circular contig with alleles; None without one."""
    contigs = reference.manifest.contigs
    contig = next((c for c in contigs if c.circular and c.name in summary.positions), None)
    if contig is None:
        return None
    positions = summary.positions[contig.name]
    bins = bins_of(positions, contig)
    most = max((sum(counts.values()) for counts in bins.values()), default=1)
    genes = reference.genes_of(contig.name)
    marks = marks_of(summary, contig)
    return Ring(
        contig=contig.name,
        length=contig.length,
        alleles=alleles_of(positions),
        most=most,
        genes=[_arc(gene, contig) for gene in genes] if len(genes) <= MOST_GENES else [],
        bars=[
            _ring_bar(region_of(positions, contig, at), angles, counts, most, marks.get(at))
            for at, counts in sorted(bins.items())
            for angles in [_angles(positions, contig, at)]
        ],
        ticks=[_tick(contig, at) for at in range(TICKS)],
    )


def _angles(positions: Positions, contig: Contig, at: int) -> tuple[float, float]:
    width = positions.bin_bases
    return _angle(at * width, contig), _angle(min((at + 1) * width, contig.length), contig)


def _ring_bar(
    region: str,
    angles: tuple[float, float],
    counts: dict[Impact, int],
    most: int,
    mark: Mark | None,
) -> RingBar:
    pieces, inner = [], BAR_RADIUS
    for impact, count in counts.items():
        outer = inner + max(LOWEST_PIECE, MAX_BAR_LENGTH * count / most)
        pieces.append(BarSegment(impact, _sector(*angles, inner, outer)))
        inner = outer
    place = _point(sum(angles) / 2, inner + MARK_DISTANCE)
    return RingBar(region, sum(counts.values()), pieces, RingMark(mark, *place) if mark else None)


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
    x, y = _point(_angle(position, contig), BAR_RADIUS + MAX_BAR_LENGTH + 28)
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
