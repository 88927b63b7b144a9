"""Conditions on genotypes as SQL over the table of variants.

The tables of variants and of genotypes number the variants alike. A condition on genotypes becomes
a bit string with a bit for each variant, and a row of the table of variants meets it where its bit
is set. A join would cost more, and it doesn't keep the order of the file once it spills, which the
counts of `queries` depend on: on two million variants a semi-join counted 358 too many.

What a person wrote is always a parameter.
"""

# ruff: noqa: S608 - see above

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from runtime.common.reference import Reference
from runtime.vcf.zygosity import CARRIERS, Zygosity
from runtime.web.services.variants.filters import InvalidFilter
from runtime.web.services.variants.sample_filter import (
    Inheritance,
    Parent,
    SampleFilter,
)
from runtime.web.services.variants.where import WhereClause, all_of

_HAS = (Zygosity.HETEROZYGOUS, Zygosity.HOMOZYGOUS, Zygosity.HEMIZYGOUS)
"""Of a genotype that was called whole: inheritance is judged by such genotypes alone."""

_LACKS = (Zygosity.REFERENCE,)
_BOTH_COPIES = (Zygosity.HOMOZYGOUS, Zygosity.HEMIZYGOUS)
_X_NAMES, _MT_NAMES = ("X", "chrX"), ("MT", "M", "chrM")


@dataclass(frozen=True)
class GenotypeTable:
    """A result's tables on this disk.

    Attributes:
        variants: path of the table of variants.
        genotypes: path of the table of genotypes.
        variant_count: variants of both.
        row_count: rows of the table of variants.
        samples: their names, in the file's order.
    """

    variants: Path
    genotypes: Path
    variant_count: int
    row_count: int
    samples: tuple[str, ...]

    def bits(self, path: Path, condition: WhereClause) -> WhereClause:
        """Return the variants with a row in a table that meets a condition, as a bit string.

        It is null where there are none.
        """
        sql = (
            f"(SELECT bitstring_agg(variant, 1, {max(1, self.variant_count)}) "
            f"FROM read_parquet(?) WHERE {condition.sql})"
        )
        return WhereClause(sql, (str(path), *condition.parameters))


@dataclass(frozen=True)
class SampleCompiler:
    """Compiles conditions on genotypes for a result."""

    table: GenotypeTable
    reference: Reference | None

    def compile(self, wanted: SampleFilter, others: WhereClause) -> list[WhereClause]:
        """Return conditions that a row must meet.

        Args:
            wanted: what is asked of the genotypes.
            others: the rest of the filter. The two variants of a compound heterozygous gene must
                both meet it.

        Raises:
            InvalidFilter: it names a sample that the file lacks, or a contig is needed that
                the reference lacks.
        """
        for field, name in wanted.people.items():
            if name not in self.table.samples:
                raise InvalidFilter({field: f"This file has no sample {name}."})
        found = []
        if wanted.asks_for_sample:
            found.append(self._is_set(self._of_sample(wanted)))
        if wanted.inheritance is Inheritance.COMPOUND:
            found.append(self._compound(wanted, others))
        elif wanted.inheritance is not None:
            found += self._inherited(wanted, wanted.inheritance)
        return found

    def _of_sample(self, wanted: SampleFilter) -> WhereClause:
        kinds = wanted.zygosity or CARRIERS
        parts = [
            _one_of("zygosity", kinds),
            _compared("sample = ?", wanted.sample),
            _compared("DP >= ?", wanted.depth_min),
            _compared("GQ >= ?", wanted.genotype_quality_min),
            _compared("allele_fraction >= ?", wanted.fraction_min),
            _compared("allele_fraction <= ?", wanted.fraction_max),
        ]
        return self._bits(all_of(part for part in parts if part is not None))

    def _inherited(self, wanted: SampleFilter, how: Inheritance) -> list[WhereClause]:
        """Autosomal modes don't look at the contig; pseudoautosomal regions of X count as X."""
        match how:
            case Inheritance.DE_NOVO:
                return [self._trio(wanted, _HAS, affected=_LACKS, others=_LACKS)]
            case Inheritance.DOMINANT:
                return [self._trio(wanted, _HAS, affected=_HAS, others=_LACKS)]
            case Inheritance.RECESSIVE:
                own = (Zygosity.HOMOZYGOUS,)
                carrier = (Zygosity.HETEROZYGOUS,)
                return [self._trio(wanted, own, affected=own, others=carrier)]
            case Inheritance.X_LINKED:
                return [self._on(_X_NAMES, "X"), self._x_linked(wanted)]
            case _:
                bits = [self._genotype(wanted.affected, _HAS), self._genotype(wanted.mother, _HAS)]
                return [self._on(_MT_NAMES, "MT"), self._is_set(_both(bits))]

    def _trio(
        self,
        wanted: SampleFilter,
        own: Iterable[Zygosity],
        *,
        affected: Iterable[Zygosity],
        others: Iterable[Zygosity],
    ) -> WhereClause:
        """The affected person's zygosity, and that of the parents who are named."""
        parents: tuple[Parent, ...] = ("mother", "father")
        bits = [self._genotype(wanted.affected, own)]
        bits += [
            self._genotype(sample, affected if wanted.is_affected(parent) else others)
            for parent in parents
            if (sample := getattr(wanted, parent))
        ]
        return self._is_set(_both(bits))

    def _x_linked(self, wanted: SampleFilter) -> WhereClause:
        """Recessive on X: no unaffected father has it, and an unaffected mother has one copy."""
        mother = _BOTH_COPIES if wanted.is_affected("mother") else (Zygosity.HETEROZYGOUS,)
        bits = [
            self._genotype(wanted.affected, _BOTH_COPIES),
            self._genotype(wanted.mother, mother),
        ]
        if wanted.father:
            father = _BOTH_COPIES if wanted.is_affected("father") else _LACKS
            bits.append(self._genotype(wanted.father, father))
        return self._is_set(_both(bits))

    def _compound(self, wanted: SampleFilter, others: WhereClause) -> WhereClause:
        """Heterozygous variants of genes that have one from each parent at least.

        A variant from one parent is one that the other doesn't have. Rows are told by their
        number, since a variant may be compound heterozygous in one of its genes alone.
        """
        mother = self._from_one(wanted, wanted.mother, wanted.father)
        father = self._from_one(wanted, wanted.father, wanted.mother)
        place = "(variant - 1)::INTEGER"
        sql = (
            f"get_bit((WITH bits AS (SELECT {mother.sql} AS mother, {father.sql} AS father), "
            "told AS MATERIALIZED (SELECT file_row_number AS row, Gene, "
            f"coalesce(get_bit(bits.mother, {place}), 0) = 1 AS of_mother, "
            f"coalesce(get_bit(bits.father, {place}), 0) = 1 AS of_father "
            f"FROM read_parquet(?), bits WHERE ({others.sql})), "
            "genes AS (SELECT Gene FROM told WHERE Gene IS NOT NULL GROUP BY Gene "
            "HAVING bool_or(of_mother) AND bool_or(of_father)) "
            f"SELECT bitstring_agg(row, 0, {self.table.row_count}) FROM told "
            "WHERE (of_mother OR of_father) AND Gene IN (SELECT Gene FROM genes)), "
            "file_row_number::INTEGER) = 1"
        )
        parameters = (*mother.parameters, *father.parameters, str(self.table.variants))
        return WhereClause(sql, (*parameters, *others.parameters))

    def _from_one(self, wanted: SampleFilter, has: str | None, lacks: str | None) -> WhereClause:
        bits = [
            self._genotype(wanted.affected, (Zygosity.HETEROZYGOUS,)),
            self._genotype(has, _HAS),
            self._genotype(lacks, _LACKS),
        ]
        return _both(bits)

    def _on(self, names: tuple[str, ...], what: str) -> WhereClause:
        contigs = (self.reference.contig(name) for name in names) if self.reference else ()
        found = next((contig for contig in contigs if contig), None)
        if found is None:
            raise InvalidFilter({"inheritance": f"This reference has no contig {what}."})
        return WhereClause("contig = ?", (found.name,))

    def _genotype(self, sample: str | None, kinds: Iterable[Zygosity]) -> WhereClause:
        return self._bits(
            all_of([WhereClause("sample = ?", (sample,)), _one_of("zygosity", kinds)])
        )

    def _bits(self, condition: WhereClause) -> WhereClause:
        return self.table.bits(self.table.genotypes, condition)

    def _is_set(self, bits: WhereClause) -> WhereClause:
        return WhereClause(f"get_bit({bits.sql}, (variant - 1)::INTEGER) = 1", bits.parameters)


def _one_of(column: str, values: Iterable[str]) -> WhereClause:
    texts = tuple(map(str, values))
    return WhereClause(f"{column} IN ({', '.join('?' * len(texts))})", texts)


def _compared(sql: str, value: object) -> WhereClause | None:
    return None if value is None else WhereClause(sql, (value,))


def _both(bits: Iterable[WhereClause]) -> WhereClause:
    """Bits that are set in all of them; null where one is."""
    used = list(bits)
    sql = " & ".join(each.sql for each in used)
    return WhereClause(f"({sql})", tuple(value for each in used for value in each.parameters))
