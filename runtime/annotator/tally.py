"""Counts over the alleles of a result."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from runtime.annotator.variants import Allele
from runtime.common.manifest import Contig
from runtime.vcf.consequences import Impact, impact_of

BINS = 240
"""Into how many pieces the whole reference is cut, roughly, to show where the alleles lie."""


@dataclass
class Tally:
    """Counts for the summary.

    Attributes:
        records: records.
        alleles: ALT alleles, '.' not counted.
        annotated: of these, those that the engine took.
        consequences: alleles by consequence; one with several counts for each once.
        impacts: annotated alleles by impact; one with consequences of several counts for each once.
        variant_classes: alleles by class.
        genes: alleles by gene.
        contigs: records by contig.
        not_annotated: alleles ('.' too) by the reason.
        fields: alleles for which a track has a value, by the value's column.
        bin_bases: width of a bin of `positions`.
        positions: annotated alleles by contig of the reference, worst impact, and bin, from 0.
        in_order: whether the records are sorted by position, each contig in one piece.
    """

    records: int = 0
    alleles: int = 0
    annotated: int = 0
    consequences: Counter[str] = field(default_factory=Counter)
    impacts: Counter[str] = field(default_factory=Counter)
    variant_classes: Counter[str] = field(default_factory=Counter)
    genes: Counter[str] = field(default_factory=Counter)
    contigs: Counter[str] = field(default_factory=Counter)
    not_annotated: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    bin_bases: int = 1
    positions: dict[str, dict[str, Counter[int]]] = field(default_factory=dict)
    in_order: bool = True


_Word = str | None
_Kind = tuple[_Word, _Word]
"""Gene and consequence of an effect."""


class Counting:
    """Counts alleles; those alike are added up first, for there are few kinds of them.

    Args:
        columns: names of the alleles' fields.
        contigs: the reference's, by each of their names.
    """

    def __init__(self, columns: list[str], contigs: Mapping[bytes, Contig]) -> None:
        self._columns = columns
        self._names = {name.decode(): contig.name for name, contig in contigs.items()}
        lengths = {contig.name: contig.length for contig in contigs.values()}
        self._bin = max(1, -(-sum(lengths.values()) // BINS))
        self._kinds: Counter[tuple[str, int, bool, _Word, _Word, tuple[_Kind, ...]]] = Counter()
        self._chrom, self._position = b"", 0
        self._left: set[bytes] = set()
        self.tally = Tally()

    def enter(self, chrom: bytes, position: int) -> None:
        """Take note of the next place that has records: are they in order?"""
        if chrom != self._chrom:
            self._left.add(self._chrom)
            self.tally.in_order = self.tally.in_order and chrom not in self._left
        elif position < self._position:
            self.tally.in_order = False
        self._chrom, self._position = chrom, position

    def add(self, alleles: list[Allele], contig: str, position: int, records: int) -> None:
        """Count so many records at a position of a contig that have these alleles."""
        tally = self.tally
        place = (position - 1) // self._bin
        tally.records += records
        tally.contigs[contig] += records
        for _, alt, variant_class, effects, fields, not_annotated in alleles:
            kinds = tuple([(each.gene, each.consequence) for each in effects])
            self._kinds[contig, place, alt is not None, variant_class, not_annotated, kinds] += (
                records
            )
            if any(fields):
                for column, value in zip(self._columns, fields, strict=True):
                    if value is not None:
                        tally.fields[column] += records

    def finish(self) -> Tally:
        """Return the counts; nothing can be added after that."""
        tally = self.tally
        tally.bin_bases = self._bin
        for (
            contig,
            place,
            variant,
            variant_class,
            not_annotated,
            effects,
        ), count in self._kinds.items():
            tally.alleles += count if variant else 0
            if variant_class is not None:
                tally.variant_classes[variant_class] += count
            if not_annotated is not None:
                tally.not_annotated[not_annotated] += count
            else:
                tally.annotated += count
                impact = _count_effects(tally, effects, count)
                bins = tally.positions.setdefault(self._names.get(contig, contig), {})
                bins.setdefault(impact.value, Counter())[place] += count
        return tally


def _count_effects(tally: Tally, effects: tuple[_Kind, ...], count: int) -> Impact:
    """Count an allele's effects as a filter of its rows finds them; return the worst impact."""
    rows = {tuple(compound.split("&")) for _, compound in effects if compound}
    terms = {term for row in rows for term in row}
    for term in terms:
        tally.consequences[term] += count
    for gene in {gene for gene, _ in effects if gene is not None}:
        tally.genes[gene] += count
    for impact in {impact_of(row) for row in rows}:
        tally.impacts[impact] += count
    return impact_of(tuple(terms))
