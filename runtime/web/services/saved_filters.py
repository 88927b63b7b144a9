"""Filters that a user has saved under a name, for all of their results and for the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_user
from runtime.contract.dynamodb import FILTER_ITEM
from runtime.web.services.variants.filters import VariantFilter

MAX_FILTERS = 50
"""Of an account."""

MAX_NAME_LENGTH = 60
MAX_QUERY_LENGTH = 6_000
"""Characters of a filter in an address."""


class FilterRefused(Exception):
    """The filter can't be saved; the text says why."""


@dataclass(frozen=True)
class SavedFilter:
    """A filter with its name; `query` is as in an address."""

    name: str
    query: str

    @property
    def args(self) -> dict[str, list[str]]:
        """The filter as names and values, for VariantQuery.from_args."""
        return parse_qs(self.query)


@dataclass(frozen=True)
class SavedFilters:
    """Reads and writes them."""

    items: OwnedItems

    def all(self, user_id: str) -> list[SavedFilter]:
        """Return a user's filters by name."""
        found = self.items.all(of_user(user_id), FILTER_ITEM)
        filters = [SavedFilter(item["name"], item["query"]) for item in found]
        return sorted(filters, key=lambda each: each.name.casefold())

    def args(self, user_id: str, name: str) -> Mapping[str, list[str]] | None:
        """Return a saved filter as names and values of a query string; None without that name."""
        item = self.items.get(of_user(user_id), _id(name))
        return SavedFilter(item["name"], item["query"]).args if item else None

    def save(self, user_id: str, name: str, wanted: VariantFilter) -> None:
        """Save a filter; one of that name is replaced.

        Raises:
            FilterRefused: see there.
        """
        query = urlencode(wanted.to_args())
        if wanted.is_empty:
            raise FilterRefused("There is nothing to save: the table isn't filtered.")
        if len(query) > MAX_QUERY_LENGTH:
            raise FilterRefused("This filter is too long to be saved.")
        said = {"name": name, "query": query}
        try:
            self.items.update(of_user(user_id), _id(name), set_=said)
        except ItemMissing:
            self._add(user_id, name, said)

    def delete(self, user_id: str, name: str) -> bool:
        """Delete a filter; return whether there was one."""
        return self.items.delete(of_user(user_id), _id(name))

    def _add(self, user_id: str, name: str, said: dict[str, str]) -> None:
        if len(self.items.all(of_user(user_id), FILTER_ITEM)) >= MAX_FILTERS:
            raise FilterRefused(f"You have {MAX_FILTERS} saved filters. Delete one of them first.")
        try:
            self.items.create(of_user(user_id), _id(name), said)
        except ItemExists as error:
            raise FilterRefused("Another page saved that name just now. Try again.") from error


def _id(name: str) -> str:
    return f"{FILTER_ITEM}{name.casefold()}"
