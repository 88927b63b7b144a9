"""What a page says of each sample: zygosities, Ti/Tv, and how its allele fractions are spread."""

from typing import NamedTuple

from runtime.vcf.zygosity import Zygosity
from runtime.web.services.change_charts import ratio
from runtime.web.services.pathogenic_marks import Args
from runtime.web.services.summary import Counts, Samples
from runtime.web.services.variants.sample_filter import fraction_bounds

KINDS = {
    Zygosity.HETEROZYGOUS: "Heterozygous",
    Zygosity.HOMOZYGOUS: "Homozygous",
    Zygosity.HEMIZYGOUS: "One copy",
    Zygosity.INCOMPLETE: "Partly called",
    Zygosity.REFERENCE: "Without it",
    Zygosity.MISSING: "Not called",
}
"""Columns of the table of samples: zygosities, as its heads call them."""

LOWEST = 4.0
"""Percent of the height: so much is seen of the smallest count."""


class Zygosities(NamedTuple):
    """A sample's alleles of a zygosity, and the filter that finds them."""

    alleles: int
    args: Args


class FractionBar(NamedTuple):
    """Alleles whose fraction is in a part of 0 to 1; its place and height in percent."""

    lowest: float
    highest: float
    alleles: int
    x: float
    width: float
    height: float
    args: Args


class SampleRow(NamedTuple):
    """A sample: its alleles by the zygosities of the table, and what they are like.

    Attributes:
        counts: in the order of `SampleTable.kinds`.
        het_hom: heterozygous alleles for each homozygous one.
        ti_tv: of the alleles that it has.
        most: alleles of the highest bar; 0 where no allele has a fraction.
    """

    name: str
    args: Args
    counts: list[Zygosities]
    het_hom: str | None
    ti_tv: str | None
    bars: list[FractionBar]
    most: int


class SampleTable(NamedTuple):
    """The samples of a result; `kinds` are the zygosities that any of them has, in words."""

    kinds: list[str]
    rows: list[SampleRow]

    @property
    def has_fractions(self) -> bool:
        """Whether any allele of any sample has a fraction."""
        return any(row.most for row in self.rows)

    @property
    def only(self) -> SampleRow | None:
        """The sample of a file that has one."""
        return self.rows[0] if len(self.rows) == 1 else None


def samples_of(samples: Samples) -> SampleTable | None:
    """Return the table of samples; None where a result has no genotypes."""
    if not samples.zygosity:
        return None
    kinds = [
        kind for kind in KINDS if any(counts.get(kind) for counts in samples.zygosity.values())
    ]
    rows = [_row(name, counts, kinds, samples) for name, counts in samples.zygosity.items()]
    return SampleTable([KINDS[kind] for kind in kinds], rows)


def _row(name: str, counts: Counts, kinds: list[Zygosity], samples: Samples) -> SampleRow:
    fractions = samples.fractions.get(name, [])
    return SampleRow(
        name,
        [("sample", name)],
        [
            Zygosities(counts.get(kind, 0), [("sample", name), ("zygosity", kind.value)])
            for kind in kinds
        ],
        ratio(counts.get(Zygosity.HETEROZYGOUS, 0), counts.get(Zygosity.HOMOZYGOUS, 0)),
        ratio(samples.transitions.get(name, 0), samples.transversions.get(name, 0)),
        _bars(name, fractions),
        max(fractions, default=0),
    )


def _bars(name: str, fractions: list[int]) -> list[FractionBar]:
    most, count = max(fractions, default=0), len(fractions)
    bars = []
    for at, alleles in enumerate(fractions):
        if alleles:
            lowest, highest = fraction_bounds(at, count)
            args = [
                ("sample", name),
                ("fraction_min", repr(lowest)),
                ("fraction_max", repr(highest)),
            ]
            bars.append(
                FractionBar(
                    lowest,
                    (at + 1) / count,
                    alleles,
                    100 * at / count,
                    100 / count,
                    round(max(LOWEST, 100 * alleles / most), 2),
                    args,
                )
            )
    return bars
