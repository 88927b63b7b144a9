"""Pages of the variants that meet a filter, in an order, found from a variant on and not by number.

So the last page costs what the first one costs, and a page stays the same where another one
begins.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from runtime.web.services.variants import queries
from runtime.web.services.variants.filters import LAST_PAGE, VariantQuery
from runtime.web.services.variants.query_engine import QueryEngine
from runtime.web.services.variants.sorting import Cursor
from runtime.web.services.variants.variant import VariantKey
from runtime.web.services.variants.where import EVERYTHING, WhereClause


@dataclass(frozen=True)
class Page:
    """Places of the variants on a page; `first` is the number of its first, from 1."""

    places: list[Cursor]
    first: int

    @property
    def keys(self) -> list[VariantKey]:
        """The variants."""
        return [VariantKey(each.record, each.allele) for each in self.places]


@dataclass(frozen=True)
class OrderedVariants:
    """The variants of a file that meet a condition, in an order.

    Attributes:
        value: what the order compares.
        in_file_order: whether that is the order of the file already.
        total: how many they are.
    """

    engine: QueryEngine
    path: Path
    where: WhereClause
    value: WhereClause
    descending: bool
    in_file_order: bool
    total: int

    @classmethod
    def of(
        cls,
        query: VariantQuery,
        *,
        engine: QueryEngine,
        path: Path,
        where: WhereClause,
        value: WhereClause,
        total: int,
    ) -> Self:
        """Return them in the order that a query asks for."""
        in_file_order = query.sort == "position" and not query.descending
        return cls(engine, path, where, value, query.descending, in_file_order, total)

    def page(self, query: VariantQuery, size: int) -> Page:
        """Return the page that a query asks for; the first or the last where there is none."""
        if query.before == LAST_PAGE:
            places = self._take(None, size, backward=True)
            return Page(places, self.total - len(places) + 1)
        if query.before and (place := self.find(VariantKey.parse(query.before))):
            places = self._take(place, size, backward=True)
            if len(places) == size:
                return Page(places, self._count_before(places[0]) + 1)
        if query.after and (place := self.find(VariantKey.parse(query.after))):
            places = self._take(place, size)
            if not places:
                places = self._take(None, size, backward=True)
            return Page(places, self._count_before(places[0]) + 1 if places else 1)
        return Page(self._take(None, size), 1)

    def following(self, after: str | None, size: int) -> list[Cursor] | None:
        """Return the places after a variant, or the first ones; None where it isn't among them."""
        if after is None:
            return self._take(None, size)
        place = self.find(VariantKey.parse(after))
        return None if place is None else self._take(place, size)

    def neighbours(
        self, key: VariantKey, page: Page
    ) -> tuple[VariantKey | None, VariantKey | None]:
        """Return the variants before and after one; None where there is none."""
        keys = page.keys
        if key in keys:
            at = keys.index(key)
            place: Cursor | None = page.places[at]
            before = keys[at - 1] if at else None
            after = keys[at + 1] if at + 1 < len(keys) else None
            ends = (page.first + at == 1, page.first + at == self.total)
        else:
            place, before, after, ends = self.find(key), None, None, (False, False)
        if place is None:
            return None, None
        return (
            before or (None if ends[0] else self._nearest(place, backward=True)),
            after or (None if ends[1] else self._nearest(place, backward=False)),
        )

    def find(self, key: VariantKey) -> Cursor | None:
        """Return the place of a variant; None where it doesn't meet the condition."""
        sql = queries.sort_value(self.where, self.value)
        values = (*self.value.parameters, str(self.path), *key, *self.where.parameters)
        found = self.engine.cached_rows(sql, values)
        return Cursor(found[0][0], *key) if found else None

    def _nearest(self, place: Cursor, *, backward: bool) -> VariantKey | None:
        found = self._take(place, 1, backward=backward)
        return VariantKey(found[0].record, found[0].allele) if found else None

    def _take(self, place: Cursor | None, count: int, *, backward: bool = False) -> list[Cursor]:
        bound = self._beyond(place, backward=backward)
        where = self.where
        if self.in_file_order and not backward and place:
            # Row groups before it are skipped.
            where = WhereClause(f"({where.sql}) AND record >= ?", (*where.parameters, place.record))
        sql = queries.places(
            where,
            self.value,
            bound,
            direction=None
            if self.in_file_order and not backward
            else queries.Direction(descending=self.descending, backward=backward),
        )
        rows = self.engine.cached_rows(sql, (*self._values(where), *bound.parameters, count))
        found = [Cursor(value, record, allele) for value, record, allele in rows]
        return found[::-1] if backward else found

    def _count_before(self, place: Cursor) -> int:
        bound = self._beyond(place, backward=True)
        sql = queries.count_places(self.where, self.value, bound)
        [(count,)] = self.engine.cached_rows(sql, (*self._values(self.where), *bound.parameters))
        return int(count)

    def _beyond(self, place: Cursor | None, *, backward: bool) -> WhereClause:
        if place is None:
            return EVERYTHING
        return place.beyond(descending=self.descending, backward=backward)

    def _values(self, where: WhereClause) -> tuple[object, ...]:
        return (*self.value.parameters, str(self.path), *where.parameters)
