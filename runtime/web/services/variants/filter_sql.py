"""A filter as an SQL WHERE clause. What a person wrote is always a parameter, never SQL."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.variants.base_change import (
    BaseChange,
    parse_base_change,
    parse_hgvs_part,
)
from runtime.web.services.variants.filters import ANY, NONE, VariantFilter
from runtime.web.services.variants.identifiers import without_version
from runtime.web.services.variants.region import Region, locate, parse_position, parse_region
from runtime.web.services.variants.track_condition import NOT_LISTED, TrackCondition
from runtime.web.services.variants.variant import ID_SEPARATORS, ID_SUFFIX, track_columns

SEARCHED_COLUMNS = ("SYMBOL", "Gene", "Feature", "MANE_SELECT", "HGVSp", "id")
"""Columns that free text is searched in, in any case, beside `Consequence` and those of the
bundle's tracks. HGVSg and HGVSc are too long for lower() to be quick: see `parse_hgvs_part`."""

FREQUENCY_SUFFIX = "_af"

PREFIX_MARK = "*"
"""Ends a gene's name of which only the beginning is meant."""

# Of Ensembl and RefSeq. Another version of the same gene or transcript is found too.
_VERSIONED_ID = re.compile(r"(ENS[A-Z]*[GTP]\d{11}|[NX][MRP]_\d+)\.\d+", re.IGNORECASE)


class WhereClause(NamedTuple):
    """A condition in SQL, with a `?` for each of `parameters`."""

    sql: str
    parameters: tuple[Any, ...]


class FilterCompiler:
    """Compiles filters for files with certain columns.

    Args:
        columns: names of the file's columns; what a bundle's tracks add differs.
        reference: knows all names of a contig: a region means any of them. Without it, a region
            means the name that is written.
    """

    def __init__(self, columns: list[str], reference: Reference | None) -> None:
        self._tracks = track_columns(columns)
        self._reference = reference
        known = reference.manifest.added_fields if reference else ()
        self._fields = {field.column: field for field in known}

    @property
    def frequencies(self) -> list[str]:
        """Columns of the tracks that hold an allele's frequency in a population.

        Of a reference that isn't offered any more, those whose names say so.
        """
        kinds = {name: self._fields[name].kind for name in self._tracks if name in self._fields}
        return [
            name
            for name in self._tracks
            if kinds.get(name) == "frequency"
            or (name not in kinds and name.endswith(FREQUENCY_SUFFIX))
        ]

    def compile(self, wanted: VariantFilter) -> WhereClause:
        """Return the condition that rows must meet."""
        parts = [
            self._gene(wanted.gene),
            self._contig(wanted.contig),
            self._consequence(wanted.consequence),
            self._one_of("IMPACT", tuple(map(str, wanted.impact))),
            self._one_of("VARIANT_CLASS", wanted.variant_class),
            self._known(wanted.known),
            self._clinical(wanted.clinical),
            *self._track_conditions(wanted.field),
            self._bound("allele_frequency >= ?", wanted.af_min),
            self._bound("allele_frequency <= ?", wanted.af_max),
            self._rare(wanted.population_af_max),
            WhereClause("not_annotated IS NULL", ()) if wanted.annotated else None,
            self._region(wanted.region),
            self._text(wanted.text),
        ]
        used = [part for part in parts if part is not None]
        sql = " AND ".join(f"({part.sql})" for part in used) or "true"
        return WhereClause(sql, tuple(value for part in used for value in part.parameters))

    def _one_of(self, column: str, values: tuple[str, ...]) -> WhereClause | None:
        if not values:
            return None
        return WhereClause(f"{column} IN ({_placeholders(values)})", values)

    def _gene(self, names: tuple[str, ...]) -> WhereClause | None:
        whole = _spellings(name for name in names if not name.endswith(PREFIX_MARK))
        ids = tuple(dict.fromkeys((*whole, *map(without_version, whole))))
        parts = []
        if whole:
            sql = f"SYMBOL IN ({_placeholders(whole)}) OR Gene IN ({_placeholders(ids)})"
            parts.append(WhereClause(sql, (*whole, *ids)))
        for start in _spellings(n.rstrip(PREFIX_MARK) for n in names if n.endswith(PREFIX_MARK)):
            sql = "starts_with(SYMBOL, ?) OR starts_with(Gene, ?)"
            parts.append(WhereClause(sql, (start, start)))
        return _any_of(parts)

    def _contig(self, names: tuple[str, ...]) -> WhereClause | None:
        found = map(self._own_name, names)
        return self._one_of("contig", tuple(dict.fromkeys(found)))

    def _own_name(self, written: str) -> str:
        """The file's name of a contig: the reference's own, where it has the contig."""
        contig = self._reference.contig(written) if self._reference else None
        return contig.name if contig else written

    def _consequence(self, terms: tuple[str, ...]) -> WhereClause | None:
        if not terms:
            return None
        each = "list_contains(string_split(Consequence, '&'), ?)"
        return WhereClause(" OR ".join([each] * len(terms)), terms)

    def _known(self, wanted: str | None) -> WhereClause | None:
        if wanted is None:
            return None
        columns = [*(name for name in self._tracks if name.endswith(ID_SUFFIX)), "id"]
        if wanted.lower() == ANY:
            return WhereClause(" OR ".join(f"{name} IS NOT NULL" for name in columns), ())
        if wanted.lower() == NONE:
            return WhereClause(" AND ".join(f"{name} IS NULL" for name in columns), ())
        each = f"list_contains(regexp_split_to_array(lower({{}}), '{ID_SEPARATORS}'), lower(?))"
        return WhereClause(
            " OR ".join(each.format(name) for name in columns), (wanted,) * len(columns)
        )

    def _clinical(self, wanted: tuple[str, ...]) -> WhereClause | None:
        if wanted and "clinical_significance" not in self._tracks:
            return WhereClause("false", ())
        if ANY in wanted:
            return WhereClause("clinical_significance IS NOT NULL", ())
        return self._one_of("clinical_significance", wanted)

    def _rare(self, bound: float | None) -> WhereClause | None:
        """No track states more; what isn't a number isn't taken for a small one."""
        if bound is None:
            return None
        if not self.frequencies:
            return WhereClause("false", ())
        each = "({0} IS NULL OR coalesce(TRY_CAST({0} AS DOUBLE) <= ?, false))"
        sql = " AND ".join(each.format(name) for name in self.frequencies)
        return WhereClause(sql, (bound,) * len(self.frequencies))

    def _track_conditions(self, texts: tuple[str, ...]) -> list[WhereClause | None]:
        """A part for each column; a column that this file hasn't got meets nothing."""
        by_column: dict[str, list[TrackCondition]] = {}
        for condition in map(TrackCondition.parse, texts):
            by_column.setdefault(condition.column, []).append(condition)
        return [
            _any_of([_track_clause(each) for each in conditions])
            if column in self._tracks
            else WhereClause("false", ())
            for column, conditions in by_column.items()
        ]

    def _bound(self, sql: str, value: float | None) -> WhereClause | None:
        return None if value is None else WhereClause(sql, (value,))

    def _region(self, region: Region | None) -> WhereClause | None:
        if region is None:
            return None
        found = locate(region, self._reference) if self._reference else None
        if found is None:
            # A contig that only the file has. The whole text may be its name, too.
            inside = _within(region.contig, region.start, region.end)
            return WhereClause(f"{inside.sql} OR contig = ?", (*inside.parameters, str(region)))
        if region.start is None and found.start is not None:  # a position, on any contig
            return WhereClause("contig = ? OR position = ?", (region.contig, found.start))
        return _within(found.contig.name, found.start, found.end)

    def _text(self, text: str | None) -> WhereClause | None:
        if text is None:
            return None
        if _VERSIONED_ID.fullmatch(text):
            text = without_version(text)
        # Terms have underscores in the file, where the pages write spaces.
        terms = {"Consequence", *(name for name in self._tracks if not name.endswith(ID_SUFFIX))}
        searched = [name for name in self._tracks if self._is_searched(name)]
        columns = list(dict.fromkeys((*SEARCHED_COLUMNS, "Consequence", *searched)))
        each = [f"contains(lower({name}), lower(?))" for name in columns]
        values = [text.replace(" ", "_") if name in terms else text for name in columns]
        for name in filter(self._has_links, self._tracks):
            each.append(f"list_contains(string_split({name}, '|'), ?)")
            values.append(text)
        if part := parse_hgvs_part(text):
            # They have an accession in front, so a search for the rest finds them too.
            names = ("HGVSc",) * part.of_transcript + ("HGVSg",) * part.of_contig
            each += [f"contains({name}, ?)" for name in names]
            values += [part.text] * len(names)
        contained = WhereClause(" OR ".join(each), tuple(values))
        parsed = self._parsed(text)
        if parsed is None:
            return contained
        return WhereClause(
            f"{contained.sql} OR ({parsed.sql})", (*contained.parameters, *parsed.parameters)
        )

    def _is_searched(self, column: str) -> bool:
        """Whether a part of a track's text is looked for: not among numbers, nor in a list of ids,
        where 3243 would be found in 13243."""
        field = self._fields.get(column)
        number = field is not None and field.kind in ("number", "frequency")
        return not (number or self._has_links(column))

    def _has_links(self, column: str) -> bool:
        """Whether a track's column lists ids of another site, such as PubMed's."""
        field = self._fields.get(column)
        return field is not None and field.kind == "list" and field.link is not None

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
        sql = (
            "position = ? AND starts_with(upper(ref), ?) AND starts_with(upper(alt), ?) "
            "AND upper(ref)[? + 1:] = upper(alt)[? + 1:]"
        )
        ref, alt = change.ref, change.alt
        values: tuple[Any, ...] = (change.position, ref, alt, len(ref), len(alt))
        if change.contig:
            return WhereClause(f"contig = ? AND {sql}", (self._own_name(change.contig), *values))
        if change.mitochondrial:  # what isn't annotated has no HGVS name
            sql += " AND coalesce(contains(HGVSg, ':m.'), true)"
        return WhereClause(sql, values)


def _track_clause(condition: TrackCondition) -> WhereClause:
    """One condition; its column is one of the file's."""
    column = f'"{condition.column}"'
    if condition.value == NOT_LISTED:
        return WhereClause(f"({column} IS NULL AND not_annotated IS NULL)", ())
    several = f"list_contains(string_split_regex({column}, '[|,]'), ?)"
    return WhereClause(f"({column} = ? OR {several})", (condition.value, condition.value))


def _spellings(names: Iterable[str]) -> tuple[str, ...]:
    """Names as written, and in upper case as symbols are.

    Not lower() in SQL: the file's statistics, by which row groups are skipped, can't be used
    through a function.
    """
    return tuple(dict.fromkeys(each for name in names for each in (name, name.upper())))


def _any_of(parts: list[WhereClause]) -> WhereClause | None:
    if not parts:
        return None
    sql = " OR ".join(part.sql for part in parts)
    return WhereClause(sql, tuple(value for part in parts for value in part.parameters))


def _within(contig: str, start: int | None, end: int | None) -> WhereClause:
    """A contig, or a part of it."""
    if start is None or end is None:
        return WhereClause("contig = ?", (contig,))
    # A start after the end means: through the origin.
    between = "position BETWEEN ? AND ?" if start <= end else "(position >= ? OR position <= ?)"
    return WhereClause(f"(contig = ? AND {between})", (contig, start, end))


def _placeholders(values: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(values))
