"""Tokens of the API."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from runtime.common.api_tokens import (
    DAY_SECONDS,
    LAST_USE_SECONDS,
    MAX_TOKENS,
    ApiTokens,
    Scope,
    TooManyTokens,
)
from runtime.common.owned_items import OwnedItems
from tests.emulator import Emulator, create_owned_items_table
from tests.unit.clock import Clock

USER = str(uuid.uuid4())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(emulator: Emulator, clock: Clock) -> ApiTokens:
    table = create_owned_items_table(emulator, f"owned-items-{uuid.uuid4().hex}")
    return ApiTokens(OwnedItems(table, clock), clock)


def test_should_find_the_user_and_the_scopes_when_a_token_is_right(tokens: ApiTokens) -> None:
    made, text = tokens.create(USER, name="x", scopes=[Scope.JOBS_READ], days=1)
    assert text.startswith("gas_")
    found = tokens.find(text)
    assert found == (USER, made)


def test_should_keep_nothing_that_proves_a_token(tokens: ApiTokens) -> None:
    _, text = tokens.create(USER, name="x", scopes=Scope, days=1)
    items = tokens._items.all(f"user#{USER}", "token#")
    assert text[-40:] not in str(items)
    assert "hash" in items[0]


def test_should_find_nothing_when_a_token_has_expired(tokens: ApiTokens, clock: Clock) -> None:
    _, text = tokens.create(USER, name="x", scopes=Scope, days=2)
    clock.advance(2 * DAY_SECONDS - 1)
    assert tokens.find(text)
    clock.advance(1)
    assert tokens.find(text) is None
    assert tokens.all(USER) == []


def test_should_keep_the_limit_when_two_tokens_are_made_at_the_same_time(
    tokens: ApiTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(MAX_TOKENS - 1):
        tokens.create(USER, name="x", scopes=Scope, days=1)
    create = tokens._items.create
    made: list[str] = []

    def with_another(owner: str, item_id: str, attributes: Mapping[str, Any]) -> None:
        create(owner, item_id, attributes)
        if not made:
            made.append(item_id)
            create(owner, f"{item_id}-other", {**attributes, "token_id": str(uuid.uuid4())})

    monkeypatch.setattr(tokens._items, "create", with_another)
    with pytest.raises(TooManyTokens):
        tokens.create(USER, name="one too many", scopes=Scope, days=1)
    assert len(tokens.all(USER)) == MAX_TOKENS


@pytest.mark.parametrize("place", [6, 30, 60, -2])
def test_should_find_nothing_when_a_letter_differs(tokens: ApiTokens, place: int) -> None:
    _, text = tokens.create(USER, name="x", scopes=Scope, days=1)
    letters = [*text]
    letters[place] = "A" if letters[place] != "A" else "B"
    assert tokens.find("".join(letters)) is None


def test_should_find_nothing_when_another_text_means_the_same_bytes(tokens: ApiTokens) -> None:
    # The last letter of 64 bytes holds two bits; its other four mean nothing.
    _, text = tokens.create(USER, name="x", scopes=Scope, days=1)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
    assert tokens.find(twin) is None
    assert tokens.find(text)


@pytest.mark.parametrize("text", ["", "gas_", "gas_é", "gas_AAAA", "gas_" + "A" * 5000, "x y"])
def test_should_find_nothing_when_a_text_is_no_token(tokens: ApiTokens, text: str) -> None:
    assert tokens.find(text) is None


def test_should_note_the_last_use_once_a_minute(tokens: ApiTokens, clock: Clock) -> None:
    _, text = tokens.create(USER, name="x", scopes=Scope, days=1)
    first = int(clock())
    seen = []
    for _ in range(3):
        tokens.find(text)
        seen.append(tokens.all(USER)[0].last_used_at)
        clock.advance(LAST_USE_SECONDS / 2)
    assert seen == [first, first, first + LAST_USE_SECONDS]
