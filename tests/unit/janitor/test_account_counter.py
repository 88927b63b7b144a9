"""The janitor counts the accounts by plan, and reads nothing else of them."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.account_figures import AccountFigures
from runtime.common.account_standing import AccountStanding
from runtime.common.figure_items import ACCOUNTS, FigureItems
from runtime.common.users import Role, UserStore
from runtime.janitor.account_counter import FEW_ACCOUNTS, FEW_SECONDS, HOUR, AccountCounter
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def users(users_table: "Table") -> UserStore:
    return UserStore(users_table)


@pytest.fixture
def figures(ephemeral_table: "Table") -> FigureItems:
    return FigureItems(ephemeral_table)


@pytest.fixture
def counter(users_table: "Table", figures: FigureItems, clock: Clock) -> AccountCounter:
    return AccountCounter(users_table, figures, clock)


def create(
    users: UserStore, name: str, role: Role = Role.FREE_USER, *, verified: bool = True
) -> str:
    return users.create(
        email=f"{name}@example.org", name=name, password=None, role=role, email_verified=verified
    ).user_id


def found(figures: FigureItems) -> AccountFigures:
    return AccountFigures.model_validate(figures.get(ACCOUNTS))


def test_should_count_each_account_once_when_their_states_differ(
    users: UserStore, users_table: "Table", figures: FigureItems, counter: AccountCounter
) -> None:
    create(users, "ada")
    create(users, "bob", Role.PREMIUM_USER)
    create(users, "cem", verified=False)
    AccountStanding(users_table).suspend(create(users, "dee", Role.PREMIUM_USER))
    users.mark_deleted(create(users, "eve"))
    counter()
    counted = found(figures)
    assert {plan: each.model_dump() for plan, each in counted.plans.items()} == {
        Role.FREE_USER: {"active": 1, "unconfirmed": 1, "suspended": 0},
        Role.PREMIUM_USER: {"active": 1, "unconfirmed": 0, "suspended": 1},
    }
    assert (counted.deleting, counted.total) == (1, 5)


def test_should_count_again_when_the_figures_are_old(
    users: UserStore, figures: FigureItems, counter: AccountCounter, clock: Clock
) -> None:
    counter()
    create(users, "ada")
    clock.advance(FEW_SECONDS - 1)
    counter()
    assert found(figures).total == 0
    clock.advance(FEW_SECONDS)
    counter()
    assert found(figures).total == 1


def test_should_wait_an_hour_when_there_are_many_accounts(
    figures: FigureItems, counter: AccountCounter, clock: Clock
) -> None:
    many = AccountFigures(counted_at=int(clock.now), deleting=FEW_ACCOUNTS + 1)
    figures.put(ACCOUNTS, many.model_dump(mode="json"), counted_at=many.counted_at, instead_of=None)
    clock.advance(HOUR - 1)
    counter()
    assert found(figures).total == FEW_ACCOUNTS + 1
    clock.advance(60)
    counter()
    assert found(figures).total == 0
