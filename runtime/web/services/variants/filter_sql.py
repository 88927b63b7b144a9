"""A filter as an SQL WHERE clause. What a person wrote is always a parameter, never SQL."""

from runtime.common.reference import Reference
from runtime.web.services.variants.filters import ANY, NONE, VariantFilter
from runtime.web.services.variants.identifiers import known_symbol, without_version
from runtime.web.services.variants.text_search import TextSearch
from runtime.web.services.variants.track_condition import BETWEEN_VALUES, NOT_LISTED, TrackCondition
from runtime.web.services.variants.variant import (
    FREQUENCY_SUFFIX,
    ID_SEPARATORS,
    ID_SUFFIX,
    track_columns,
)
from runtime.web.services.variants.where import (
    WhereClause,
    all_of,
    any_of,
    in_region,
    placeholders,
    spellings,
)

PREFIX_MARK = "*"
"""Ends a gene's name of which only the beginning is meant."""


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
        self._search = TextSearch(self._tracks, self._fields, reference)

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
            in_region(wanted.region, self._reference) if wanted.region else None,
            self._search.compile(wanted.text) if wanted.text else None,
        ]
        return all_of(part for part in parts if part is not None)

    def _one_of(self, column: str, values: tuple[str, ...]) -> WhereClause | None:
        if not values:
            return None
        return WhereClause(f"{column} IN ({placeholders(values)})", values)

    def _gene(self, names: tuple[str, ...]) -> WhereClause | None:
        written = [name for name in names if not name.endswith(PREFIX_MARK)]
        whole = spellings([*written, *self._symbols(written)])
        ids = tuple(dict.fromkeys((*whole, *map(without_version, whole))))
        parts = []
        if whole:
            sql = f"SYMBOL IN ({placeholders(whole)}) OR Gene IN ({placeholders(ids)})"
            parts.append(WhereClause(sql, (*whole, *ids)))
        for start in spellings(n.rstrip(PREFIX_MARK) for n in names if n.endswith(PREFIX_MARK)):
            sql = "starts_with(SYMBOL, ?) OR starts_with(Gene, ?)"
            parts.append(WhereClause(sql, (start, start)))
        return any_of(parts)

    def _symbols(self, written: list[str]) -> list[str]:
        """The reference's symbols that names mean: MT-ND1 by nd1."""
        if self._reference is None:
            return []
        found = (known_symbol(name, self._reference.symbols) for name in written)
        return [symbol for symbol in found if symbol]

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
            any_of([_track_clause(each) for each in conditions])
            if column in self._tracks
            else WhereClause("false", ())
            for column, conditions in by_column.items()
        ]

    def _bound(self, sql: str, value: float | None) -> WhereClause | None:
        return None if value is None else WhereClause(sql, (value,))


def _track_clause(condition: TrackCondition) -> WhereClause:
    """One condition; its column is one of the file's."""
    column = f'"{condition.column}"'
    if condition.value == NOT_LISTED:
        return WhereClause(f"({column} IS NULL AND not_annotated IS NULL)", ())
    several = f"list_contains(string_split_regex({column}, '{BETWEEN_VALUES}'), ?)"
    return WhereClause(f"({column} = ? OR {several})", (condition.value, condition.value))
