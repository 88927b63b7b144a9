"""Counts over the alleles of a result."""

from collections import Counter
from dataclasses import dataclass, field

from runtime.annotator.consequences import most_severe
from runtime.annotator.variants import Allele, Effect


@dataclass
class Tally:
    """Counts for the summary.

    Attributes:
        records: records.
        alleles: ALT alleles, '.' not counted.
        annotated: of these, those that the engine took.
        consequences: alleles by consequence; one with several counts for each once.
        impacts: annotated alleles by their most severe impact.
        variant_classes: alleles by class.
        genes: alleles by gene.
        contigs: records by contig.
        not_annotated: alleles ('.' too) by the reason.
        fields: alleles for which a track has a value, by the value's column.
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
    in_order: bool = True


_Word = str | None


class Counting:
    """Counts alleles; those alike are added up first, for there are few kinds of them.

    Args:
        columns: names of the alleles' fields.
    """

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._kinds: Counter[tuple[bool, _Word, _Word, tuple[Effect, ...]]] = Counter()
        self.tally = Tally()

    def add(self, alleles: list[Allele], contig: str, records: int) -> None:
        """Count so many records of a contig that have these alleles."""
        tally = self.tally
        tally.records += records
        tally.contigs[contig] += records
        for _, alt, variant_class, effects, fields, not_annotated in alleles:
            # An effect, but for what is of no account here.
            kinds = tuple([Effect(each.gene, None, None, *each[3:5]) for each in effects])
            self._kinds[alt is not None, variant_class, not_annotated, kinds] += records
            for column, value in zip(self._columns, fields, strict=True):
                if value is not None:
                    tally.fields[column] += records

    def finish(self) -> Tally:
        """Return the counts; nothing can be added after that."""
        tally = self.tally
        for (variant, variant_class, not_annotated, effects), count in self._kinds.items():
            tally.alleles += count if variant else 0
            if variant_class is not None:
                tally.variant_classes[variant_class] += count
            if not_annotated is not None:
                tally.not_annotated[not_annotated] += count
            else:
                tally.annotated += count
                _count_effects(tally, effects, count)
        return tally


def _count_effects(tally: Tally, effects: tuple[Effect, ...], count: int) -> None:
    compounds = [each.consequence for each in effects if each.consequence is not None]
    for term in {term for compound in compounds for term in compound.split("&")}:
        tally.consequences[term] += count
    for gene in {each.gene for each in effects if each.gene is not None}:
        tally.genes[gene] += count
    impacts = [each.impact for each in effects if each.impact is not None]
    tally.impacts[most_severe(impacts)] += count
