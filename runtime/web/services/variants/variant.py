"""Variants: alleles with all of their effects, from the rows of variants.parquet.

The file names its columns as Ensembl VEP does:
https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#output
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from runtime.vcf.consequences import SEVERITY, Impact

NUMBER = "variant"
"""The column with the number by which the table of genotypes knows a variant, from 1."""

ID_SUFFIX = "_id"
"""Ends the names of the tracks' columns that hold identifiers, such as known_id."""

FREQUENCY_SUFFIX = "_af"
"""Ends the names of those that hold a frequency in a population, such as gnomad_af."""

ID_SEPARATORS = "[;,]"
"""Between several of a column: ID has semicolons, a field of INFO commas."""


class VariantKey(NamedTuple):
    """A variant's place in the file: the number of its record, and of its allele, from 1."""

    record: int
    allele: int

    def __str__(self) -> str:
        """As URLs have it."""
        return f"{self.record}-{self.allele}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what str() wrote."""
        record, allele = text.split("-")
        return cls(int(record), int(allele))


@dataclass(frozen=True)
class Effect:
    """What a variant does to one transcript, or that it lies between genes.

    Attributes:
        terms: of the Sequence Ontology, the most severe first.
        gene: the gene's identifier, `symbol` its name.
        transcript: its identifier with version.
        exon, intron: such as 2/11.
        coding: HGVS name on the transcript (c., or n. of an RNA that codes for nothing), `protein`
            on the protein, both with accession.
        sift, polyphen: what they predict of the changed amino acid, as VEP writes it:
            deleterious(0.02). None too where the reference has no predictions.
        flags: VEP's FLAGS of the transcript.
        mane_select: the RefSeq transcript that is the same as this one in MANE Select.
        picked: whether it stands for the variant where only one can.
        matches: whether its row meets the filter.
    """

    terms: tuple[str, ...]
    impact: Impact | None
    symbol: str | None
    gene: str | None
    transcript: str | None
    biotype: str | None
    strand: int | None
    exon: str | None
    intron: str | None
    coding: str | None
    protein: str | None
    codons: str | None
    amino_acids: str | None
    sift: str | None
    polyphen: str | None
    flags: tuple[str, ...]
    canonical: bool
    mane_select: str | None
    mane_plus_clinical: str | None
    picked: bool
    matches: bool

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read it from a row; what that leaves out is None, or false."""
        return cls(
            **{name: row.get(column) for name, column in _TEXTS.items()},
            sift=row.get("SIFT"),
            polyphen=row.get("PolyPhen"),
            terms=_parts(row["Consequence"]),
            impact=Impact(row["IMPACT"]) if row["IMPACT"] else None,
            flags=_parts(row.get("FLAGS")),
            canonical=bool(row.get("CANONICAL")),
            picked=bool(row.get("PICK")),
            matches=bool(row["matches"]),
        )

    @property
    def severity(self) -> int:
        """Rank of the most severe term: 0 is the most severe."""
        return min((SEVERITY[term] for term in self.terms), default=len(SEVERITY))

    @property
    def gene_name(self) -> str | None:
        """The gene's symbol; of a gene without one, its identifier."""
        return self.symbol or self.gene

    @property
    def is_coding(self) -> bool:
        """Whether `coding` counts in a coding sequence (c.), and not in an RNA without one (n.)."""
        return bool(self.coding) and ":n." not in str(self.coding)

    @property
    def change(self) -> str | None:
        """The change of the protein, or else of the transcript, without accession."""
        name = self.protein or self.coding
        return name.partition(":")[2] if name else None


_TEXTS = {
    "symbol": "SYMBOL",
    "gene": "Gene",
    "transcript": "Feature",
    "biotype": "BIOTYPE",
    "strand": "STRAND",
    "exon": "EXON",
    "intron": "INTRON",
    "coding": "HGVSc",
    "protein": "HGVSp",
    "codons": "Codons",
    "amino_acids": "Amino_acids",
    "mane_select": "MANE_SELECT",
    "mane_plus_clinical": "MANE_PLUS_CLINICAL",
}


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(text.split("&")) if text else ()


@dataclass(frozen=True)
class Variant:
    """An allele of a record.

    Attributes:
        number: counts the variants of the result from 1; 0 in older results.
        genomic: its HGVS name on the contig.
        fields: what the bundle's tracks say, by column.
        effects: in the file's order: the picked one is the first.
    """

    key: VariantKey
    number: int
    contig: str
    position: int
    ref: str
    alt: str | None
    variant_class: str | None
    genomic: str | None
    id: str | None
    quality: float | None
    filter: str | None
    frequency: float | None
    not_annotated: str | None
    fields: dict[str, str]
    effects: tuple[Effect, ...] = field(repr=False)

    @property
    def known_ids(self) -> list[str]:
        """The ids from the tracks, then those of the uploaded file; dbSNP's come first.

        One that is a number has its track's name in front, as clinvar:9690.
        """
        found = [
            f"{name.removesuffix(ID_SUFFIX)}:{each}" if each.isdigit() else each
            for name in self.fields
            if name.endswith(ID_SUFFIX)
            for each in re.split(ID_SEPARATORS, self.fields[name])
        ]
        ids = dict.fromkeys((*found, *(self.id.split(";") if self.id else ())))
        return sorted(ids, key=lambda each: not each.startswith("rs"))

    @cached_property
    def between_genes(self) -> bool:
        """Whether its shown effect is that it lies between genes."""
        return self.shown.terms == ("intergenic_variant",)

    @cached_property
    def shown(self) -> Effect:
        """The picked effect; where the filter leaves that out, the first of those that meet it."""
        return next((effect for effect in self.effects if effect.matches), self.effects[0])

    @cached_property
    def worse(self) -> Effect | None:
        """The most severe of all effects, where that is more severe than the shown one."""
        worst = min(self.effects, key=lambda effect: effect.severity)
        return worst if worst.severity < self.shown.severity else None

    @property
    def end(self) -> int:
        """Position of the last base of REF."""
        return self.position + len(self.ref) - 1


_OF_VARIANT = {
    "contig": "contig",
    "position": "position",
    "ref": "ref",
    "alt": "alt",
    "variant_class": "VARIANT_CLASS",
    "genomic": "HGVSg",
    "id": "id",
    "quality": "quality",
    "filter": "filter",
    "frequency": "allele_frequency",
    "not_annotated": "not_annotated",
}
_LAST_COLUMN = "most_severe_consequence"


def track_columns(columns: list[str]) -> list[str]:
    """Return the columns of a file that the bundle's tracks add: they are its last ones."""
    return columns[columns.index(_LAST_COLUMN) + 1 :]


TABLE_COLUMNS = (
    *("record", "allele", "contig", "position", "id", "ref", "alt", "quality", "filter"),
    *("allele_frequency", "not_annotated", "VARIANT_CLASS", "Consequence", "IMPACT"),
    *("SYMBOL", "Gene", "HGVSc", "HGVSp", "PICK"),
)
"""What the table shows of a variant, beside the number and the tracks' columns. Each column costs
time in every part of the file, where the variants of a page are far apart."""


def group_by_variant(
    columns: Sequence[str], tracks: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> dict[VariantKey, Variant]:
    """Group rows by variant; the order of the rows is that of a variant's effects.

    Args:
        columns: of the rows.
        tracks: those of them that the bundle's tracks add.
        rows: their values, and at the end whether the row meets the filter.
    """
    grouped: dict[VariantKey, list[dict[str, Any]]] = {}
    for values in rows:
        row = dict(zip((*columns, "matches"), values, strict=True))
        grouped.setdefault(VariantKey(row["record"], row["allele"]), []).append(row)
    return {key: _variant(key, of_key, tracks) for key, of_key in grouped.items()}


def _variant(key: VariantKey, rows: list[dict[str, Any]], tracks: Sequence[str]) -> Variant:
    first = rows[0]
    known: dict[str, Any] = {name: first.get(column) for name, column in _OF_VARIANT.items()}
    return Variant(
        key=key,
        number=first.get(NUMBER, 0),
        **known,
        fields={name: first[name] for name in tracks if first.get(name) is not None},
        effects=tuple(Effect.from_row(row) for row in rows),
    )
