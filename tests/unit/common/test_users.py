"""Users, on a real table."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.email_addresses import EmailTaken
from runtime.common.users import (
    Role,
    User,
    UserChanged,
    UserStore,
)
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def store(users_table: "Table") -> UserStore:
    return UserStore(users_table, Clock())


@pytest.fixture
def ada(store: UserStore) -> User:
    return store.create(email="ada@example.org", name="Ada", password="correct horse")


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


def test_should_confirm_an_address_once(store: UserStore, ada: User) -> None:
    assert not ada.email_verified
    assert store.confirm_email(ada.user_id).email_verified
    with pytest.raises(UserChanged):
        store.confirm_email(ada.user_id)


def test_should_end_sessions_when_the_password_is_set(store: UserStore, ada: User) -> None:
    changed = store.set_password(ada.user_id, "battery staple", epoch=ada.session_epoch)
    assert changed.session_epoch == ada.session_epoch + 1
    assert changed.email_verified
    assert store.authenticate(ada.email, "battery staple") == changed
    assert store.authenticate(ada.email, "correct horse") is None


def test_should_set_a_password_once_when_it_was_allowed_for_an_epoch(
    store: UserStore, ada: User
) -> None:
    store.set_password(ada.user_id, "battery staple", epoch=0)
    with pytest.raises(UserChanged):
        store.set_password(ada.user_id, "of a link used twice", epoch=0)
    assert store.set_password(ada.user_id, "third", epoch=1).session_epoch == 2


def test_should_begin_at_epoch_0_when_the_user_was_made_without(
    store: UserStore, ada: User, users_table: "Table"
) -> None:
    users_table.update_item(Key={"user_id": ada.user_id}, UpdateExpression="REMOVE session_epoch")
    assert store.set_password(ada.user_id, "battery staple", epoch=0).session_epoch == 1


def test_should_change_the_name(store: UserStore, ada: User) -> None:
    assert store.rename(ada.user_id, " Ada Lovelace ").name == "Ada Lovelace"


def test_should_be_out_of_reach_when_an_account_is_being_deleted(
    store: UserStore, ada: User
) -> None:
    gone = store.mark_deleted(ada.user_id)
    assert gone
    assert gone.deleted_at is not None
    assert gone.session_epoch == ada.session_epoch + 1
    assert store.mark_deleted(ada.user_id) == gone
    assert store.authenticate(ada.email, "correct horse") is None
    with pytest.raises(UserChanged):
        store.confirm_email(ada.user_id)
    with pytest.raises(UserChanged):
        store.set_password(ada.user_id, "new", epoch=gone.session_epoch)
    with pytest.raises(UserChanged):
        store.rename(ada.user_id, "Eve")
