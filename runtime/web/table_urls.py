"""URLs of a job's table of variants: filter, sort order and page are in the query string."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for

from runtime.common.job import Job
from runtime.web.services.summary import words
from runtime.web.services.track_facts import Tracks, several
from runtime.web.services.variants.explorer import VariantPage
from runtime.web.services.variants.filters import (
    DEFAULT_SORT,
    LAST_PAGE,
    VariantQuery,
)
from runtime.web.services.variants.region import Region
from runtime.web.services.variants.sample_filter import fraction_bounds
from runtime.web.services.variants.track_condition import NOT_LISTED, TrackCondition
from runtime.web.services.variants.variant import VariantKey

_LABELS = {
    "gene": "Gene",
    "contig": "Contig",
    "consequence": "Consequence",
    "impact": "Impact",
    "class": "Class",
    "known": "Known id",
    "clinical": "Significance",
    "af_min": "Frequency from",
    "af_max": "Frequency to",
    "population_af_max": "Population frequency to",
    "annotated": "Annotated",
    "starred": "Starred",
    "region": "Region",
    "q": "Text",
    "sample": "Sample",
    "zygosity": "Zygosity",
    "dp_min": "Reads from",
    "gq_min": "Quality from",
    "fraction_min": "Fraction from",
    "fraction_max": "Fraction to",
    "affected": "Affected",
    "mother": "Mother",
    "father": "Father",
    "affected_parent": "Affected too",
    "inheritance": "Inheritance",
}

_TERMS = ("consequence", "class", "clinical")

_DESCENDING_FIRST = ("population", "frequency", "quality")
"""Columns that one wants to see the highest values of first."""


class Chip(NamedTuple):
    """A condition of the filter, and the URL of the table without it."""

    label: str
    value: str
    url: str


class TableUrls:
    """URLs that differ from the current one in something."""

    def __init__(self, job: Job, query: VariantQuery, known: Tracks) -> None:
        self._job = job
        self._query = query
        self._columns = {each.column: each for each in known.columns}

    def first_page(self) -> str:
        """The first page of the same."""
        return self._page()

    def last_page(self) -> str:
        """The last page of the same."""
        return self._page(before=LAST_PAGE)

    def page_after(self, key: VariantKey) -> str:
        """The page that begins after a variant."""
        return self._page(after=str(key))

    def page_before(self, key: VariantKey) -> str:
        """The page that ends before a variant."""
        return self._page(before=str(key))

    def _page(self, after: str | None = None, before: str | None = None) -> str:
        return self._changed(after=after, before=before, variant=None)

    def sorted_by(self, order: str) -> str:
        """Sorted by a column; if it is sorted by that already, in the opposite direction."""
        again = self._query.sort == order
        descending = not self._query.descending if again else order in _DESCENDING_FIRST
        return self._from_start(sort=order, descending=descending)

    def by_importance(self) -> str:
        """Sorted by what matters most."""
        return self._from_start(sort=DEFAULT_SORT, descending=False)

    def variant(self, key: VariantKey) -> str:
        """The same page with a variant in its panel."""
        return self._changed(variant=str(key)) + "#variant"

    def neighbour(self, key: VariantKey, page: VariantPage, *, forward: bool) -> str:
        """A variant beside the selected one in its panel, with a page that has it."""
        if any(variant.key == key for variant in page.variants):
            return self.variant(key)
        here = self._query.variant
        place = {"after": here, "before": None} if forward else {"after": None, "before": here}
        return self._changed(**place, variant=str(key)) + "#variant"

    def without_variant(self) -> str:
        """The same page without a panel."""
        return self._changed(variant=None)

    def chips(self) -> list[Chip]:
        """The conditions of the filter, each with the URL that removes it."""
        wanted = self._query.filter
        return [
            Chip(
                *self._words(name, value),
                self._from_start(filter=wanted.without(name, value)),
            )
            for name, value in wanted.to_args()
        ]

    def _words(self, name: str, value: str) -> tuple[str, str]:
        if name != "field":
            return _LABELS[name], words(value) if name in _TERMS else value
        condition = TrackCondition.parse(value)
        column = self._columns.get(condition.column)
        label = column.name if column else words(condition.column)
        return label, condition_words(condition)

    def gene(self, gene: str) -> str:
        """Another gene in place of those of the filter."""
        wanted = self._query.filter.model_copy(update={"gene": (gene,)})
        return self._from_start(filter=wanted)

    def text_search(self, gene: str) -> str:
        """A search for a gene's name as text, in place of the filter by gene."""
        wanted = self._query.filter.model_copy(update={"gene": (), "text": gene})
        return self._from_start(filter=wanted)

    def fractions(self, sample: str, at: int, count: int) -> str:
        """A sample's alleles in one of `count` equal parts of 0 to 1, the upper end left out."""
        lowest, highest = fraction_bounds(at, count)
        bounds = {"sample": sample, "fraction_min": lowest, "fraction_max": highest}
        wanted = self._query.filter.model_copy(update=bounds)
        return self._from_start(filter=wanted)

    def table(self) -> str:
        """The table as it is, from its first page."""
        return self._from_start()

    def in_region(self, region: Region | None) -> str:
        """The same filter, but in another region; without one, anywhere."""
        wanted = self._query.filter.model_copy(update={"region": region})
        return self._from_start(filter=wanted)

    def anywhere(self) -> str:
        """The same filter without its region."""
        return self.in_region(None)

    def genome(self, region: str | None) -> str:
        """The genome browser at a region, from which the table's filter and order lead back."""
        path = url_for("genome.show", job_id=self._job.job_id)
        args = self._query.to_args(after=None, before=None, variant=None)
        at = [("at", region)] if region else []
        return _with_query(path, [*at, *args])

    def matches(self) -> str:
        """Which alleles in a region, to be added as `at`, meet the filter."""
        path = url_for("genome.matches", job_id=self._job.job_id)
        return _with_query(path, self._query.filter.to_args())

    def export(self, form: str) -> str:
        """All that meets the filter, as a file."""
        path = url_for(f"exports.{form}", job_id=self._job.job_id)
        return _with_query(path, self._query.filter.to_args())

    def _from_start(self, **changes: Any) -> str:
        """Another filter or order, from its first page."""
        return self._changed(**changes, after=None, before=None, variant=None)

    def _changed(self, **changes: Any) -> str:
        path = url_for("variants.table", job_id=self._job.job_id)
        return _with_query(path, self._query.to_args(**changes))


def condition_words(condition: TrackCondition) -> str:
    """Return the value of a condition as pages say it."""
    if condition.value == NOT_LISTED:
        return "not in the list"
    return apart(condition.value)


def apart(text: str) -> str:
    """Return a text of a track in words, with its values apart."""
    return ", ".join(map(words, several(text)))


def filtered_url(job: Job, **conditions: str) -> str:
    """Return the URL of a job's table with only these conditions; `class_` means `class`."""
    args = [(name.rstrip("_"), value) for name, value in conditions.items()]
    return table_url(job, args)


def table_url(job: Job, args: Sequence[tuple[str, str]]) -> str:
    """Return the URL of a job's table with a filter, as its `to_args` returns it."""
    return _with_query(url_for("variants.table", job_id=job.job_id), args)


def _with_query(path: str, args: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(args)}" if args else path
