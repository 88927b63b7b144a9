"""Variants: alleles with all of their consequences, from the rows of variants.parquet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from runtime.vcf.consequences import IMPACTS, Impact

_SEVERITY = {term: rank for rank, term in enumerate(IMPACTS)}
_UNKNOWN_TERM = len(_SEVERITY)
_NO_TERM = _UNKNOWN_TERM + 1


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
    """One consequence of a variant; `matches` says whether its row meets the filter."""

    gene: str | None
    transcript: str | None
    biotype: str | None
    terms: tuple[str, ...]
    impact: Impact | None
    strand: int | None
    coding_change: str | None
    protein_change: str | None
    matches: bool

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read it from a row."""
        same = ("gene", "transcript", "biotype", "strand", "coding_change", "protein_change")
        return cls(
            **{name: row[name] for name in same},
            terms=tuple(row["consequence"].split("&")) if row["consequence"] else (),
            impact=Impact(row["impact"]) if row["impact"] else None,
            matches=bool(row["matches"]),
        )

    @property
    def severity(self) -> int:
        """Rank of the most severe term: 0 is the most severe."""
        ranks = (_SEVERITY.get(term, _UNKNOWN_TERM) for term in self.terms)
        return min(ranks, default=_NO_TERM)


@dataclass(frozen=True)
class Variant:
    """An allele of a record; `fields` holds what the bundle's tracks say, by column."""

    key: VariantKey
    contig: str
    position: int
    ref: str
    alt: str | None
    variant_class: str | None
    id: str | None
    quality: float | None
    filter: str | None
    frequency: float | None
    not_annotated: str | None
    fields: dict[str, str]
    effects: tuple[Effect, ...] = field(repr=False)

    @property
    def known_ids(self) -> list[str]:
        """The ids from the tracks, then those of the uploaded file."""
        texts = (self.fields.get("known_id"), self.id)
        return list(dict.fromkeys(each for text in texts if text for each in text.split(";")))

    @property
    def clinical(self) -> str | None:
        """Clinical significance, where a track reports one."""
        return self.fields.get("clinical_significance")

    @cached_property
    def most_severe(self) -> Effect:
        """The most severe of the effects that meet the filter, or of all when none does."""
        return min(self.effects, key=lambda e: (not e.matches, e.severity))

    @property
    def end(self) -> int:
        """Position of the last base of REF."""
        return self.position + len(self.ref) - 1


VARIANT_COLUMNS = (
    *("record", "allele", "contig", "position", "ref", "alt", "variant_class", "id", "quality"),
    *("filter", "allele_frequency", "not_annotated"),
)
EFFECT_COLUMNS = (
    *("gene", "transcript", "biotype", "consequence", "impact", "strand"),
    *("coding_change", "protein_change", "protein_position", "amino_acids"),
)


def group_by_variant(
    columns: list[str], rows: Iterable[tuple[Any, ...]]
) -> dict[VariantKey, Variant]:
    """Group rows by variant, with the most severe effect of each first."""
    grouped: dict[VariantKey, list[dict[str, Any]]] = {}
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        grouped.setdefault(VariantKey(row["record"], row["allele"]), []).append(row)
    return {key: _variant(key, of_key) for key, of_key in grouped.items()}


def _variant(key: VariantKey, rows: list[dict[str, Any]]) -> Variant:
    first = rows[0]
    tracks = first.keys() - {*VARIANT_COLUMNS, *EFFECT_COLUMNS, "matches"}
    return Variant(
        key=key,
        contig=first["contig"],
        position=first["position"],
        ref=first["ref"],
        alt=first["alt"],
        variant_class=first["variant_class"],
        id=first["id"],
        quality=first["quality"],
        filter=first["filter"],
        frequency=first["allele_frequency"],
        not_annotated=first["not_annotated"],
        fields={name: first[name] for name in first if name in tracks and first[name] is not None},
        effects=tuple(sorted((Effect.from_row(row) for row in rows), key=lambda e: e.severity)),
    )
