"""Ti/Tv, the table of base changes, and the histogram of the lengths of indels."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from runtime.vcf.base_changes import TRANSITIONS

BASES = ("A", "C", "G", "T")

LONGEST_SHOWN, SHORTEST_SHOWN = 30, 9
"""Bases of the longest indel that has a bar of its own, and of the longest in a chart of short
ones."""

_HUMAN = ("GRCh37", "GRCh38", "T2T-CHM13")

LOWEST = 0.12
"""Share of the height that one allele has on the logarithmic scale."""

LEAST_SCALE = 10
"""Where the scale ends at least: a few alleles don't fill the height."""


class Cell(NamedTuple):
    """A change of one base into another: alleles, and the length of its bar in percent."""

    change: str
    alleles: int
    percent: float
    transition: bool


class BaseChanges(NamedTuple):
    """Changes of one base; `rows` has a cell for each base of ALT by each of REF, None for none.

    Attributes:
        usual: whether the usual Ti/Tv of human genomes is of use here.
    """

    transitions: int
    transversions: int
    rows: list[tuple[str, list[Cell | None]]]
    usual: bool

    @property
    def ratio(self) -> str | None:
        """Ti/Tv with two digits; None without a transversion."""
        return ratio(self.transitions, self.transversions)


class LengthBar(NamedTuple):
    """Indels of a length, at the ends of the chart of all longer ones too; sizes in percent.

    `frame` is what a multiple of three bases keeps: `kept`, `shifted`, or `both`.
    """

    length: int
    alleles: int
    x: float
    width: float
    height: float
    frame: str


class LengthChart(NamedTuple):
    """Indels by length; `ticks` are counts, with their height in percent."""

    alleles: int
    bars: list[LengthBar]
    ticks: list[tuple[int, float]]


class Indels(NamedTuple):
    """Indels of a result: of the coding sequences, and all; `longest` has all longer ones."""

    coding: LengthChart
    every: LengthChart
    longest: int
    rows: list[tuple[int, int, int]]


def ratio(count: int, other: int) -> str | None:
    """Return a ratio with two digits; None where it has none."""
    return f"{count / other:.2f}" if other else None


def base_changes_of(counts: Mapping[str, int] | None, assembly: str | None) -> BaseChanges | None:
    """Return the changes of single bases; None where there are none.

    Errors change bases more at random, which lowers the ratio of transitions to transversions. What
    is usual in human genomes, 2.0 to 2.1, and in exomes, 3.0 to 3.3, is from
    https://gatk.broadinstitute.org/hc/en-us/articles/360035531572

    Args:
        counts: alleles by their change, such as A>G.
        assembly: of the reference.
    """
    if not counts or not any(counts.values()):
        return None
    most = max(counts.values())

    def cell(ref: str, alt: str) -> Cell | None:
        change = f"{ref}>{alt}"
        count = counts.get(change, 0)
        return Cell(change, count, _share(count, most), change in TRANSITIONS)

    transitions = sum(counts.get(change, 0) for change in TRANSITIONS)
    return BaseChanges(
        transitions,
        sum(counts.values()) - transitions,
        [(ref, [cell(ref, alt) if ref != alt else None for alt in BASES]) for ref in BASES],
        usual=bool(assembly and assembly.startswith(_HUMAN)),
    )


def _share(count: int, most: int) -> float:
    return round(max(2.0, 100 * count / most), 2) if count else 0.0


def indels_of(every: Mapping[int, int] | None, coding: Mapping[int, int]) -> Indels | None:
    """Return the histograms of lengths; None where there is no indel."""
    if not every or not any(every.values()):
        return None
    longest = min(LONGEST_SHOWN, max(SHORTEST_SHOWN, *map(abs, every)))
    return Indels(
        _chart(coding, longest),
        _chart(every, longest),
        longest,
        [(length, every[length], coding.get(length, 0)) for length in sorted(every)],
    )


def _chart(counts: Mapping[int, int], longest: int) -> LengthChart:
    pooled: dict[int, int] = {}
    frames: dict[int, set[bool]] = {}
    for length, count in counts.items():
        at = max(-longest, min(longest, length))
        pooled[at] = pooled.get(at, 0) + count
        frames.setdefault(at, set()).add(length % 3 == 0)
    most = max(LEAST_SCALE, *pooled.values(), 0)
    width = 100 / (2 * longest + 1)
    return LengthChart(
        sum(counts.values()),
        [
            LengthBar(
                length,
                count,
                round((length + longest) * width, 3),
                round(width, 3),
                round(100 * log_height(count, most), 2),
                "both"
                if len(frames[length]) > 1
                else "kept"
                if True in frames[length]
                else "shifted",
            )
            for length, count in sorted(pooled.items())
        ],
        [(10**power, round(100 * log_height(10**power, most), 2)) for power in _powers(most)],
    )


def log_height(count: int, most: int) -> float:
    """Return the height of a bar on a logarithmic scale, LOWEST for 1 and 1 for `most`."""
    return LOWEST + (1 - LOWEST) * math.log(count) / math.log(most)


def _powers(most: int) -> range:
    """Powers of ten that a scale shows: four lines at the most."""
    highest = int(math.log10(most))
    return range(0, highest + 1, max(1, math.ceil((highest + 1) / 4)))
