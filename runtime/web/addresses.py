"""Addresses of a job's table of variants: the filter, the order and the page are in them."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for

from runtime.common.job import Job
from runtime.web.services.summary import words
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.rows import Key

_LABELS = {
    "gene": "Gene",
    "consequence": "Consequence",
    "impact": "Impact",
    "class": "Class",
    "known": "Known id",
    "clinical": "Significance",
    "af_min": "Frequency from",
    "af_max": "Frequency to",
    "annotated": "Annotated",
    "region": "Region",
    "q": "Text",
}

_TERMS = ("consequence", "class", "clinical")


class Chip(NamedTuple):
    """A condition of the filter, and the address of the table without it."""

    label: str
    value: str
    address: str


class TableAddresses:
    """Addresses that differ from the one at hand in something."""

    def __init__(self, job: Job, query: VariantQuery) -> None:
        self._job = job
        self._query = query

    def page(self, number: int) -> str:
        """The same, another page."""
        return self._of(page=number, variant=None)

    def sorted_by(self, order: str) -> str:
        """Sorted by a column; by the one it is sorted by already, the other way round."""
        again = self._query.sort == order
        descending = not self._query.descending if again else order in ("frequency", "quality")
        return self._of(sort=order, descending=descending, page=1, variant=None)

    def variant(self, key: Key) -> str:
        """The same page with a variant in its panel."""
        return self._of(variant=str(key)) + "#variant"

    def closed(self) -> str:
        """The same page without a panel."""
        return self._of(variant=None)

    def chips(self) -> list[Chip]:
        """The conditions of the filter, each with the way to be rid of it."""
        wanted = self._query.filter
        return [
            Chip(
                _LABELS[name],
                words(value) if name in _TERMS else value,
                self._of(filter=wanted.without(name, value), page=1, variant=None),
            )
            for name, value in wanted.pairs()
        ]

    def searched(self, gene: str) -> str:
        """The text of a gene's name searched, instead of genes of that name."""
        wanted = self._query.filter.model_copy(update={"gene": (), "text": gene})
        return self._of(filter=wanted, page=1, variant=None)

    def export(self, form: str) -> str:
        """The whole set that the filter leaves, as a file."""
        path = url_for(f"exports.{form}", job_id=self._job.job_id)
        return _with(path, self._query.filter.pairs())

    def _of(self, **changes: Any) -> str:
        path = url_for("variants.table", job_id=self._job.job_id)
        return _with(path, self._query.pairs(**changes))


def filtered(job: Job, **conditions: str) -> str:
    """Return the address of a job's table with these conditions alone; `class_` is `class`."""
    pairs = [(name.rstrip("_"), value) for name, value in conditions.items()]
    return _with(url_for("variants.table", job_id=job.job_id), pairs)


def _with(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
