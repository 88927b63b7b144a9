"""Conditions in SQL. What a person wrote is always a parameter, never SQL."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.variants.region import Region, locate


class WhereClause(NamedTuple):
    """A condition in SQL, with a `?` for each of `parameters`."""

    sql: str
    parameters: tuple[Any, ...]


EVERYTHING = WhereClause("true", ())


def all_of(parts: Iterable[WhereClause]) -> WhereClause:
    """Return the condition that all of some are met."""
    used = list(parts)
    if not used:
        return EVERYTHING
    sql = " AND ".join(f"({part.sql})" for part in used)
    return WhereClause(sql, tuple(value for part in used for value in part.parameters))


def any_of(parts: list[WhereClause]) -> WhereClause | None:
    """Return the condition that one of some is met; None where there are none."""
    if not parts:
        return None
    sql = " OR ".join(f"({part.sql})" for part in parts)
    return WhereClause(sql, tuple(value for part in parts for value in part.parameters))


def spellings(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as written, and in upper case as symbols are.

    Not lower() in SQL: the file's statistics, by which row groups are skipped, can't be used
    through a function.
    """
    return tuple(dict.fromkeys(each for name in names for each in (name, name.upper())))


def is_one_of(places: Collection[tuple[int, int]]) -> WhereClause:
    """Return the condition that a row is of one of these variants: each a record and an allele."""
    if not places:
        return WhereClause("false", ())
    pairs = ", ".join(["(?, ?)"] * len(places))
    numbers = tuple(number for place in places for number in place)
    return WhereClause(f"(record, allele) IN ({pairs})", numbers)


def placeholders(values: tuple[Any, ...]) -> str:
    """Return a `?` for each value."""
    return ", ".join("?" * len(values))


def in_region(region: Region, reference: Reference | None) -> WhereClause:
    """Return the condition that POS is in a region, by any name of its contig."""
    found = locate(region, reference) if reference else None
    if found is None:
        # A contig that only the file has. The whole text may be its name, too.
        inside = _within(region.contig, region.start, region.end)
        return WhereClause(f"{inside.sql} OR contig = ?", (*inside.parameters, str(region)))
    if region.start is None and found.start is not None and found.end is not None:
        # A position or a range, on any contig; through the origin of the only one.
        if found.start > found.end and reference and len(reference.manifest.contigs) == 1:
            return _within(found.contig.name, found.start, found.end)
        sql = "contig = ? OR position BETWEEN ? AND ?"
        return WhereClause(sql, (region.contig, found.start, found.end))
    return _within(found.contig.name, found.start, found.end)


def _within(contig: str, start: int | None, end: int | None) -> WhereClause:
    """A contig, or a part of it."""
    if start is None or end is None:
        return WhereClause("contig = ?", (contig,))
    # A start after the end means: through the origin.
    between = "position BETWEEN ? AND ?" if start <= end else "(position >= ? OR position <= ?)"
    return WhereClause(f"(contig = ? AND {between})", (contig, start, end))
