"""A filter as a condition in SQL: the words of the person are parameters, never part of it."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any, NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.variants.change import Change, read_change
from runtime.web.services.variants.filters import ANY, NONE, VariantFilter
from runtime.web.services.variants.region import Region, place_of, read_position, read_region

SEARCHED = (
    "gene",
    "transcript",
    "consequence",
    "id",
    "known_id",
    "clinical_significance",
    "condition",
    "coding_change",
    "protein_change",
)
"""Columns that free text is looked for in, those of them that a file has."""

TERMS = frozenset({"consequence", "clinical_significance", "condition"})
"""Columns of terms: the pages write them with spaces, the files with underscores."""

KNOWN = ("known_id", "id")


class Condition(NamedTuple):
    """SQL with a `?` for each of `values`."""

    sql: str
    values: tuple[Any, ...]


class Conditions:
    """Makes conditions for files that have these columns.

    Args:
        columns: names of the file's columns; what a bundle's tracks add differs.
        reference: knows the names of contigs: a region means all of them.
    """

    def __init__(self, columns: Collection[str], reference: Reference) -> None:
        self._columns = columns
        self._reference = reference

    def of(self, wanted: VariantFilter) -> Condition:
        """Return the condition that rows of `wanted` meet."""
        parts = [
            self._gene(wanted.gene),
            self._consequence(wanted.consequence),
            self._among("impact", tuple(map(str, wanted.impact))),
            self._among("variant_class", wanted.kind),
            self._known(wanted.known),
            self._clinical(wanted.clinical),
            self._bound("allele_frequency >= ?", wanted.af_min),
            self._bound("allele_frequency <= ?", wanted.af_max),
            Condition("not_annotated IS NULL", ()) if wanted.annotated else None,
            self._region(wanted.region),
            self._text(wanted.text),
        ]
        found = [part for part in parts if part is not None]
        sql = " AND ".join(f"({part.sql})" for part in found) or "true"
        return Condition(sql, tuple(value for part in found for value in part.values))

    def _having(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name in self._columns]

    def _among(self, column: str, values: tuple[str, ...]) -> Condition | None:
        if not values:
            return None
        if column not in self._columns:
            return Condition("false", ())
        return Condition(f"{column} IN ({_places(values)})", values)

    def _gene(self, names: tuple[str, ...]) -> Condition | None:
        # As it was written, and as symbols of genes are: the file's statistics know no lower().
        spellings = (spelling for name in names for spelling in (name, name.upper()))
        return self._among("gene", tuple(dict.fromkeys(spellings)))

    def _consequence(self, terms: tuple[str, ...]) -> Condition | None:
        if not terms:
            return None
        each = "list_contains(string_split(consequence, '&'), ?)"
        return Condition(" OR ".join([each] * len(terms)), terms)

    def _known(self, wanted: str | None) -> Condition | None:
        columns = self._having(KNOWN)
        if wanted is None:
            return None
        if wanted.lower() == ANY:
            return Condition(" OR ".join(f"{name} IS NOT NULL" for name in columns), ())
        if wanted.lower() == NONE:
            return Condition(" AND ".join(f"{name} IS NULL" for name in columns), ())
        # Several ids stand in one field, parted by semicolons.
        each = "list_contains(string_split(lower({}), ';'), lower(?))"
        return Condition(
            " OR ".join(each.format(name) for name in columns), (wanted,) * len(columns)
        )

    def _clinical(self, wanted: tuple[str, ...]) -> Condition | None:
        if ANY in wanted and "clinical_significance" in self._columns:
            return Condition("clinical_significance IS NOT NULL", ())
        return self._among("clinical_significance", wanted)

    def _bound(self, sql: str, value: float | None) -> Condition | None:
        return None if value is None else Condition(sql, (value,))

    def _region(self, region: Region | None) -> Condition | None:
        if region is None:
            return None
        place = place_of(region, self._reference)
        if place is None:
            # Of the file alone: the whole may be a contig's name, too.
            found = _within((region.contig,), region.start, region.end)
            return Condition(f"{found.sql} OR contig = ?", (*found.values, str(region)))
        if region.start is None and place.start is not None:  # a number, on whichever contig
            return Condition("contig = ? OR position = ?", (region.contig, place.start))
        return _within((place.contig.name, *place.contig.aliases), place.start, place.end)

    def _text(self, text: str | None) -> Condition | None:
        if text is None:
            return None
        columns = self._having(SEARCHED)
        each = [f"contains(lower({name}), lower(?))" for name in columns]
        values = [text.replace(" ", "_") if name in TERMS else text for name in columns]
        found = Condition(" OR ".join(each), tuple(values))
        place = self._named(text)
        if place is None:
            return found
        return Condition(f"{found.sql} OR ({place.sql})", (*found.values, *place.values))

    def _named(self, text: str) -> Condition | None:
        """What a text means that names a change, a region or a position."""
        if change := read_change(text):
            return self._changed(change)
        position = read_position(text)
        if position is not None:
            return Condition("position = ?", (position,))
        if ":" in text:
            with suppress(ValueError):
                return self._region(read_region(text))
        return None

    def _changed(self, change: Change) -> Condition:
        """A change, and the same with padding: bases that REF and ALT both end with."""
        return Condition(
            "position = ? AND starts_with(upper(ref), ?) AND starts_with(upper(alt), ?) "
            "AND upper(ref)[? + 1:] = upper(alt)[? + 1:]",
            (*change, len(change.ref), len(change.alt)),
        )


def _within(contigs: tuple[str, ...], start: int | None, end: int | None) -> Condition:
    """A contig by its names, or a stretch of it."""
    contig = f"contig IN ({_places(contigs)})"
    if start is None or end is None:
        return Condition(contig, contigs)
    # A start behind the end goes through the origin.
    between = "position BETWEEN ? AND ?" if start <= end else "(position >= ? OR position <= ?)"
    return Condition(f"({contig} AND {between})", (*contigs, start, end))


def _places(values: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(values))
