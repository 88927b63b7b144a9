"""The role of a user, and since when they have it, as a change of their subscription writes it."""

from typing import TYPE_CHECKING, Any

import pytest

from runtime.common.subscriptions import RecordChanged, SubscriptionStore
from runtime.common.users import Role, User, UserStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(users_table: "Table", clock: Clock) -> SubscriptionStore:
    return SubscriptionStore(users_table, clock)


@pytest.fixture
def users(users_table: "Table", clock: Clock) -> UserStore:
    return UserStore(users_table, clock)


@pytest.fixture
def ada(users: UserStore, clock: Clock) -> User:
    user = users.create(email="ada@example.org", name="Ada", password="correct horse")
    clock.advance(60)
    return user


def since(users: UserStore, user: User) -> tuple[Role, int | None]:
    now = users.get(user.user_id)
    assert now is not None
    return now.role, now.role_since


def test_should_date_the_role_when_it_changes(
    store: SubscriptionStore, users: UserStore, ada: User, clock: Clock
) -> None:
    record = store.get(ada.user_id)
    assert record is not None
    store.change(record, {"role": Role.PREMIUM_USER})
    assert since(users, ada) == (Role.PREMIUM_USER, int(clock.now))


@pytest.mark.parametrize(
    "changes", [{"role": Role.FREE_USER}, {"subscription_status": "active"}], ids=["same", "other"]
)
def test_should_leave_the_date_when_the_role_stays(
    store: SubscriptionStore, users: UserStore, ada: User, changes: dict[str, Any]
) -> None:
    record = store.get(ada.user_id)
    assert record is not None
    store.change(record, changes)
    assert since(users, ada) == (Role.FREE_USER, None)


def test_should_refuse_the_role_when_the_record_was_written_meanwhile(
    store: SubscriptionStore, users: UserStore, ada: User
) -> None:
    record = store.get(ada.user_id)
    assert record is not None
    store.change(record, {"subscription_status": "active"})
    with pytest.raises(RecordChanged):
        store.change(record, {"role": Role.PREMIUM_USER})
    assert since(users, ada) == (Role.FREE_USER, None)


def test_should_know_no_record_when_there_is_no_such_user(
    store: SubscriptionStore, ada: User
) -> None:
    assert store.get("nobody") is None
    assert store.get(f"email#{ada.email}") is None
