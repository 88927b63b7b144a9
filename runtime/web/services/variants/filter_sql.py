"""A filter as an SQL WHERE clause. What a person wrote is always a parameter, never SQL."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any, NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.variants.filters import ANY, NONE, VariantFilter
from runtime.web.services.variants.hgvs import BaseChange, parse_base_change
from runtime.web.services.variants.region import Region, locate, parse_position, parse_region

SEARCHED_COLUMNS = (
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
"""Columns that free text is searched in, as far as a file has them."""

TERM_COLUMNS = frozenset({"consequence", "clinical_significance", "condition"})
"""Columns of terms: the pages write them with spaces, the files with underscores."""

ID_COLUMNS = ("known_id", "id")


class WhereClause(NamedTuple):
    """A condition in SQL, with a `?` for each of `parameters`."""

    sql: str
    parameters: tuple[Any, ...]


class FilterCompiler:
    """Compiles filters for files with certain columns.

    Args:
        columns: names of the file's columns; what a bundle's tracks add differs.
        reference: knows all names of a contig: a region means any of them.
    """

    def __init__(self, columns: Collection[str], reference: Reference) -> None:
        self._columns = columns
        self._reference = reference

    def compile(self, wanted: VariantFilter) -> WhereClause:
        """Return the condition that rows must meet."""
        parts = [
            self._gene(wanted.gene),
            self._consequence(wanted.consequence),
            self._one_of("impact", tuple(map(str, wanted.impact))),
            self._one_of("variant_class", wanted.variant_class),
            self._known(wanted.known),
            self._clinical(wanted.clinical),
            self._bound("allele_frequency >= ?", wanted.af_min),
            self._bound("allele_frequency <= ?", wanted.af_max),
            WhereClause("not_annotated IS NULL", ()) if wanted.annotated else None,
            self._region(wanted.region),
            self._text(wanted.text),
        ]
        used = [part for part in parts if part is not None]
        sql = " AND ".join(f"({part.sql})" for part in used) or "true"
        return WhereClause(sql, tuple(value for part in used for value in part.parameters))

    def _present(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name in self._columns]

    def _one_of(self, column: str, values: tuple[str, ...]) -> WhereClause | None:
        if not values:
            return None
        if column not in self._columns:
            return WhereClause("false", ())
        return WhereClause(f"{column} IN ({_placeholders(values)})", values)

    def _gene(self, names: tuple[str, ...]) -> WhereClause | None:
        # As written, and in upper case as gene symbols are. Not lower() in SQL: the file's
        # statistics, by which row groups are skipped, can't be used through a function.
        spellings = (spelling for name in names for spelling in (name, name.upper()))
        return self._one_of("gene", tuple(dict.fromkeys(spellings)))

    def _consequence(self, terms: tuple[str, ...]) -> WhereClause | None:
        if not terms:
            return None
        each = "list_contains(string_split(consequence, '&'), ?)"
        return WhereClause(" OR ".join([each] * len(terms)), terms)

    def _known(self, wanted: str | None) -> WhereClause | None:
        columns = self._present(ID_COLUMNS)
        if wanted is None:
            return None
        if wanted.lower() == ANY:
            return WhereClause(" OR ".join(f"{name} IS NOT NULL" for name in columns), ())
        if wanted.lower() == NONE:
            return WhereClause(" AND ".join(f"{name} IS NULL" for name in columns), ())
        # A field may hold several ids, separated by semicolons.
        each = "list_contains(string_split(lower({}), ';'), lower(?))"
        return WhereClause(
            " OR ".join(each.format(name) for name in columns), (wanted,) * len(columns)
        )

    def _clinical(self, wanted: tuple[str, ...]) -> WhereClause | None:
        if ANY in wanted and "clinical_significance" in self._columns:
            return WhereClause("clinical_significance IS NOT NULL", ())
        return self._one_of("clinical_significance", wanted)

    def _bound(self, sql: str, value: float | None) -> WhereClause | None:
        return None if value is None else WhereClause(sql, (value,))

    def _region(self, region: Region | None) -> WhereClause | None:
        if region is None:
            return None
        found = locate(region, self._reference)
        if found is None:
            # A contig that only the file has. The whole text may be its name, too.
            inside = _within((region.contig,), region.start, region.end)
            return WhereClause(f"{inside.sql} OR contig = ?", (*inside.parameters, str(region)))
        if region.start is None and found.start is not None:  # a position, on any contig
            return WhereClause("contig = ? OR position = ?", (region.contig, found.start))
        return _within((found.contig.name, *found.contig.aliases), found.start, found.end)

    def _text(self, text: str | None) -> WhereClause | None:
        if text is None:
            return None
        columns = self._present(SEARCHED_COLUMNS)
        each = [f"contains(lower({name}), lower(?))" for name in columns]
        values = [text.replace(" ", "_") if name in TERM_COLUMNS else text for name in columns]
        contained = WhereClause(" OR ".join(each), tuple(values))
        parsed = self._parsed(text)
        if parsed is None:
            return contained
        return WhereClause(
            f"{contained.sql} OR ({parsed.sql})", (*contained.parameters, *parsed.parameters)
        )

    def _parsed(self, text: str) -> WhereClause | None:
        """What a text means that is a change of bases, a position or a region."""
        if change := parse_base_change(text):
            return self._base_change(change)
        position = parse_position(text)
        if position is not None:
            return WhereClause("position = ?", (position,))
        if ":" in text:
            with suppress(ValueError):
                return self._region(parse_region(text))
        return None

    def _base_change(self, change: BaseChange) -> WhereClause:
        """The change itself, and the same with padding at the end of REF and ALT."""
        return WhereClause(
            "position = ? AND starts_with(upper(ref), ?) AND starts_with(upper(alt), ?) "
            "AND upper(ref)[? + 1:] = upper(alt)[? + 1:]",
            (*change, len(change.ref), len(change.alt)),
        )


def _within(contigs: tuple[str, ...], start: int | None, end: int | None) -> WhereClause:
    """A contig by all of its names, or a part of it."""
    contig = f"contig IN ({_placeholders(contigs)})"
    if start is None or end is None:
        return WhereClause(contig, contigs)
    # A start after the end means: through the origin.
    between = "position BETWEEN ? AND ?" if start <= end else "(position >= ? OR position <= ?)"
    return WhereClause(f"({contig} AND {between})", (*contigs, start, end))


def _placeholders(values: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(values))
