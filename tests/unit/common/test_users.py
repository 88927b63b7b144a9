"""Users, on a real table."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.users import EmailTaken, Role, UserMissing, UserStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def store(users_table: "Table") -> UserStore:
    return UserStore(users_table, Clock())


def test_should_find_the_user_when_the_address_differs_in_case(store: UserStore) -> None:
    user = store.create(email=" Ada@Example.org ", name="Ada", password="correct horse")
    assert user.email == "ada@example.org"
    assert user.role is Role.FREE_USER
    assert store.get(user.user_id) == user
    assert store.by_email("ADA@example.ORG") == user


def test_should_keep_no_password_in_the_table(store: UserStore, users_table: "Table") -> None:
    user = store.create(email="ada@example.org", name="Ada", password="correct horse")
    assert user.password_hash.startswith("$argon2id$")
    assert "correct horse" not in str(users_table.scan()["Items"])


def test_should_refuse_the_second_when_the_address_is_taken(store: UserStore) -> None:
    first = store.create(email="ada@example.org", name="Ada", password="correct horse")
    with pytest.raises(EmailTaken):
        store.create(email="ADA@example.org", name="Eve", password="battery staple")
    assert store.by_email("ada@example.org") == first


@pytest.mark.parametrize(
    ("email", "password", "known"),
    [
        ("ada@example.org", "correct horse", True),
        ("ada@example.org", "correct horsE", False),
        ("ada@example.org", "", False),
        ("eve@example.org", "correct horse", False),
        ("", "", False),
    ],
)
def test_should_authenticate_only_the_right_password(
    store: UserStore, email: str, password: str, known: bool
) -> None:
    store.create(email="ada@example.org", name="Ada", password="correct horse")
    assert (store.authenticate(email, password) is not None) == known


def test_should_not_take_an_address_item_for_a_user(store: UserStore) -> None:
    store.create(email="ada@example.org", name="Ada", password="correct horse")
    assert store.get("email#ada@example.org") is None


def test_should_tell_since_when_when_the_role_changes(users_table: "Table") -> None:
    clock = Clock()
    store = UserStore(users_table, clock)
    user = store.create(email="ada@example.org", name="Ada", password="correct horse")
    assert user.role_since is None
    clock.advance(60)
    changed = store.set_role(user.user_id, Role.PREMIUM_USER)
    assert changed == store.get(user.user_id)
    assert (changed.role, changed.role_since) == (Role.PREMIUM_USER, int(clock.now))


def test_should_leave_the_user_alone_when_the_role_is_not_new(users_table: "Table") -> None:
    clock = Clock()
    store = UserStore(users_table, clock)
    user = store.create(email="ada@example.org", name="Ada", password="correct horse")
    premium = store.set_role(user.user_id, Role.PREMIUM_USER)
    clock.advance(60)
    assert store.set_role(user.user_id, Role.PREMIUM_USER) == premium


@pytest.mark.parametrize("user_id", ["nobody", "email#ada@example.org"])
def test_should_refuse_a_role_when_there_is_no_such_user(store: UserStore, user_id: str) -> None:
    store.create(email="ada@example.org", name="Ada", password="correct horse")
    with pytest.raises(UserMissing):
        store.set_role(user_id, Role.PREMIUM_USER)
    assert store.get(user_id) is None
