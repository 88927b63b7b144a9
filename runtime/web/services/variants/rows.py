"""Rows of variants.parquet as variants: an allele with all of its consequences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from runtime.vcf.consequences import IMPACTS, Impact

_SEVERITY = {term: rank for rank, term in enumerate(IMPACTS)}
_LEAST = len(_SEVERITY)


class Key(NamedTuple):
    """A variant's place in the file: number of its record, and of its allele in ALT, from 1."""

    record: int
    allele: int

    def __str__(self) -> str:
        """As addresses say it."""
        return f"{self.record}-{self.allele}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what str() wrote."""
        record, allele = text.split("-")
        return cls(int(record), int(allele))


@dataclass(frozen=True)
class Effect:
    """A consequence; `matches` tells whether its row meets the filter."""

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
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Take it out of a row."""
        same = ("gene", "transcript", "biotype", "strand", "coding_change", "protein_change")
        return cls(
            **{name: row[name] for name in same},
            terms=tuple(row["consequence"].split("&")) if row["consequence"] else (),
            impact=Impact(row["impact"]) if row["impact"] else None,
            matches=bool(row["matches"]),
        )

    @property
    def severity(self) -> int:
        """Rank of the most severe term: 0 is worst."""
        return min((_SEVERITY.get(term, _LEAST) for term in self.terms), default=_LEAST + 1)


@dataclass(frozen=True)
class Variant:
    """An allele of a record; `fields` are what the bundle's tracks say, by column."""

    key: Key
    contig: str
    position: int
    ref: str
    alt: str | None
    kind: str | None
    id: str | None
    quality: float | None
    filter: str | None
    frequency: float | None
    not_annotated: str | None
    fields: dict[str, str]
    effects: tuple[Effect, ...] = field(repr=False)

    @property
    def known_ids(self) -> list[str]:
        """Ids that the tracks give, and those of the upload."""
        texts = (self.fields.get("known_id"), self.id)
        return list(dict.fromkeys(each for text in texts if text for each in text.split(";")))

    @property
    def clinical(self) -> str | None:
        """Clinical significance, where a track states one."""
        return self.fields.get("clinical_significance")

    @cached_property
    def worst(self) -> Effect:
        """The most severe consequence, of those that meet the filter where any does."""
        return min(self.effects, key=lambda e: (not e.matches, e.severity))

    @property
    def change(self) -> str:
        """REF and ALT, as in 73A>G."""
        return f"{self.ref}>{self.alt or '.'}"

    @property
    def last(self) -> int:
        """Position of the last base of REF."""
        return self.position + len(self.ref) - 1


OF_VARIANT = (
    *("record", "allele", "contig", "position", "ref", "alt", "variant_class", "id", "quality"),
    *("filter", "allele_frequency", "not_annotated"),
)
OF_EFFECT = (
    *("gene", "transcript", "biotype", "consequence", "impact", "strand"),
    *("coding_change", "protein_change", "protein_position", "amino_acids"),
)


def variants(columns: list[str], rows: Iterable[tuple[Any, ...]]) -> dict[Key, Variant]:
    """Put rows together to variants, most severe effect first."""
    found: dict[Key, list[dict[str, Any]]] = {}
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        found.setdefault(Key(row["record"], row["allele"]), []).append(row)
    return {key: _variant(key, of_key) for key, of_key in found.items()}


def _variant(key: Key, rows: list[dict[str, Any]]) -> Variant:
    first = rows[0]
    tracks = first.keys() - {*OF_VARIANT, *OF_EFFECT, "matches"}
    return Variant(
        key=key,
        contig=first["contig"],
        position=first["position"],
        ref=first["ref"],
        alt=first["alt"],
        kind=first["variant_class"],
        id=first["id"],
        quality=first["quality"],
        filter=first["filter"],
        frequency=first["allele_frequency"],
        not_annotated=first["not_annotated"],
        fields={name: first[name] for name in first if name in tracks and first[name] is not None},
        effects=tuple(sorted((Effect.of(row) for row in rows), key=lambda e: e.severity)),
    )
