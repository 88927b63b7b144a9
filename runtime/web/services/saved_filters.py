"""Filters that a user has saved under a name, for all of their results and for the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_user
from runtime.contract.dynamodb import FILTER_ITEM
from runtime.web.services.variants.filters import InvalidFilter, VariantFilter

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
        if len(name) > MAX_NAME_LENGTH:
            return None
        item = self.items.get(of_user(user_id), _id(name))
        return SavedFilter(item["name"], item["query"]).args if item else None

    def conditions(
        self, user_id: str, name: str, others: Mapping[str, list[str]]
    ) -> Mapping[str, list[str]]:
        """Return a saved filter's conditions, to be joined with others.

        Values of one name are alternatives: with two sources of them it wouldn't be clear whether
        they widen the filter or narrow it. So both can't have the same.

        Raises:
            InvalidFilter: there is no filter of that name, or `others` has a condition of it.
        """
        saved = self.args(user_id, name)
        if saved is None:
            names = ", ".join(each.name for each in self.all(user_id))
            raise InvalidFilter(
                {"saved": f"You have no saved filter of that name. Yours are: {names or 'none'}."}
            )
        twice = [each for each in saved if any(others.get(each, []))]
        if twice:
            text = "The saved filter has this condition too. Leave it out, or write the filter out."
            raise InvalidFilter(dict.fromkeys(twice, text))
        return saved

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
