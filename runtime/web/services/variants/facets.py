"""How many variants each choice of the filter would leave: with all of its other conditions.

What a variant has once, as its contig, is counted over the first rows of the variants. Impacts and
consequences differ between a variant's rows: they are counted with a bit for each variant, which
needs neither an order nor a group for each variant.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.web.services.track_facts import TrackColumn
from runtime.web.services.variants import queries
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.query_engine import QueryEngine, QueryTimeout, QueryTooLarge
from runtime.web.services.variants.track_condition import BETWEEN_VALUES, TrackCondition
from runtime.web.services.variants.variant import NUMBER
from runtime.web.services.variants.where import EVERYTHING, WhereClause

MOST_VALUES = 30
"""Of a column, offered as a filter: the most frequent."""

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Facets:
    """Variants by choice.

    Attributes:
        contigs: the first contigs of the whole result, in the file's order.
        values: of each column of the reference's tracks, its most frequent values in the result.
        impacts, consequences, classes: by value; a value that no variant has is left out. All None
            where there is no filter: summary.json has them.
        annotated: variants that were annotated; None likewise.
        counted: whether the counts are there. Where that would take more than a page may, those of
            contigs and values are those of the whole result.
    """

    contigs: Counts
    values: Mapping[str, Counts]
    impacts: Counts | None = None
    consequences: Counts | None = None
    classes: Counts | None = None
    annotated: int | None = None
    counted: bool = True


@dataclass(frozen=True)
class FacetCounter:
    """Counts the choices of a result.

    Attributes:
        columns: of the file at `path`.
        condition: returns a filter as SQL.
    """

    engine: QueryEngine
    path: Path
    columns: list[str]
    condition: Callable[[VariantFilter], WhereClause]

    def count(self, wanted: VariantFilter, tracks: Sequence[TrackColumn]) -> Facets:
        """Count the choices beside a filter, each without the conditions of its own kind."""
        own = [column for column in tracks if column.column in self.columns]
        whole = self._of_first_rows(EVERYTHING, [column.column for column in own])
        choices = {column.column: _choices(column, whole[column.column]) for column in own}
        contigs: Counts = dict(self.engine.cached_rows(queries.CONTIGS, (str(self.path),)))
        if wanted.is_empty:
            return Facets(contigs, choices)
        try:
            return self._filtered(wanted, contigs, choices)
        except (QueryTimeout, QueryTooLarge):
            return Facets(contigs, choices, counted=False)

    def _filtered(
        self, wanted: VariantFilter, contigs: Counts, choices: Mapping[str, Counts]
    ) -> Facets:
        found: dict[str, Counts] = {}
        for others, columns in _by_filter(wanted, choices).items():
            found |= self._of_first_rows(self.condition(others), columns)
        impacts = self._of_rows("IMPACT", _without(wanted, "impact"))
        terms = self._of_rows(
            "unnest(string_split(Consequence, '&'))", _without(wanted, "consequence")
        )
        return Facets(
            contigs={name: found["contig"].get(name, 0) for name in contigs},
            values={
                column: {value: _meeting(value, found[column]) for value in values}
                for column, values in choices.items()
            },
            impacts=impacts,
            consequences=terms,
            classes=found["VARIANT_CLASS"],
            annotated=found[_ANNOTATED].get("true", 0),
        )

    def _of_first_rows(self, where: WhereClause, columns: Sequence[str]) -> dict[str, Counts]:
        """Variants by value of each column, as the first row that meets a condition has it."""
        if not columns:
            return {}
        sql = queries.histograms(where, [_EXPRESSIONS.get(name, f'"{name}"') for name in columns])
        [row] = self.engine.cached_rows(sql, (str(self.path), *where.parameters))
        return {name: each or {} for name, each in zip(columns, row, strict=True)}

    def _of_rows(self, value: str, others: VariantFilter) -> Counts:
        """Variants by value, where the rows of a variant may have several."""
        where = self.condition(others)
        numbered = NUMBER in self.columns
        [(most,)] = (
            self.engine.cached_rows(queries.VARIANTS, (str(self.path),)) if numbered else [(None,)]
        )
        sql = queries.variants_by(where, value, most)
        return dict(self.engine.cached_rows(sql, (str(self.path), *where.parameters)))


_ANNOTATED = "annotated"
_EXPRESSIONS = {_ANNOTATED: "(not_annotated IS NULL)::VARCHAR"}
_CONDITIONS = {"contig": "contig", "VARIANT_CLASS": "variant_class", _ANNOTATED: "annotated"}
"""The filter's conditions by column."""


def _by_filter(wanted: VariantFilter, tracks: Iterable[str]) -> dict[VariantFilter, list[str]]:
    """Columns by the rest of the filter: most have no condition, and share one pass."""
    found: dict[VariantFilter, list[str]] = {}
    for column, name in _CONDITIONS.items():
        found.setdefault(_without(wanted, name), []).append(column)
    for column in tracks:
        found.setdefault(_without_column(wanted, column), []).append(column)
    return found


def _without(wanted: VariantFilter, name: str) -> VariantFilter:
    empty = VariantFilter.model_fields[name].default
    return wanted.model_copy(update={name: empty})


def _without_column(wanted: VariantFilter, column: str) -> VariantFilter:
    left = tuple(each for each in wanted.field if TrackCondition.parse(each).column != column)
    changes = {
        "field": left,
        "clinical": () if column == "clinical_significance" else wanted.clinical,
    }
    return wanted.model_copy(update=changes)


def _choices(column: TrackColumn, whole: Counts) -> Counts:
    """The most frequent single values of a column, each with what a condition on it finds."""
    parts: Counter[str] = Counter()
    for text, variants in whole.items():
        parts.update(dict.fromkeys(column.values(text), variants))
    most = sorted(parts.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES]
    return {value: _meeting(value, whole) for value, _ in most}


def _meeting(value: str, found: Counts) -> int:
    """How many variants a condition finds: as the whole text, or as one of its values."""
    return sum(
        variants
        for text, variants in found.items()
        if text == value or value in re.split(BETWEEN_VALUES, text)
    )
