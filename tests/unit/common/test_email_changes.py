"""Changes of email address, on a real table."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from runtime.common.email_addresses import EmailTaken
from runtime.common.email_changes import UNDO_SECONDS, EmailChanges
from runtime.common.subscriptions import Notice, SubscriptionStore
from runtime.common.users import User, UserChanged, UserStore
from runtime.removal.user_items import delete_user
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

OLD, NEW, THIRD = "ada@example.org", "ada@example.com", "ada@example.net"
PASSWORD = "correct horse"


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000_000.0)


@pytest.fixture
def store(users_table: "Table", clock: Clock) -> UserStore:
    return UserStore(users_table, clock)


@pytest.fixture
def changes(users_table: "Table", clock: Clock) -> EmailChanges:
    return EmailChanges(users_table, clock)


@pytest.fixture
def ada(store: UserStore) -> User:
    return store.create(email=OLD, name="Ada", password=PASSWORD, email_verified=True)


def test_should_be_found_by_the_new_address_alone_when_it_has_changed(
    store: UserStore, changes: EmailChanges, ada: User
) -> None:
    changed = changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    assert (changed.email, changed.session_epoch) == (NEW, 1)
    assert store.authenticate(NEW, PASSWORD) == changed
    assert store.by_email(OLD) is None
    assert store.authenticate(OLD, PASSWORD) is None


@pytest.mark.parametrize(("old", "epoch"), [(THIRD, 0), (OLD, 1)])
def test_should_change_nothing_when_it_was_allowed_for_another_state(
    store: UserStore, changes: EmailChanges, ada: User, old: str, epoch: int
) -> None:
    with pytest.raises(UserChanged):
        changes.change(ada.user_id, old=old, new=NEW, epoch=epoch)
    assert store.get(ada.user_id) == ada
    assert store.by_email(NEW) is None


def test_should_change_nothing_when_the_address_is_taken_or_the_account_is_going(
    store: UserStore, changes: EmailChanges, ada: User
) -> None:
    eve = store.create(email=NEW, name="Eve", password=PASSWORD)
    with pytest.raises(EmailTaken):
        changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    assert store.get(ada.user_id) == ada
    assert store.by_email(NEW) == eve
    gone = store.mark_deleted(ada.user_id)
    assert gone
    with pytest.raises(UserChanged):
        changes.change(ada.user_id, old=OLD, new=THIRD, epoch=gone.session_epoch)


def test_should_give_an_address_to_one_when_accounts_race_for_it(
    store: UserStore, changes: EmailChanges
) -> None:
    users = [
        store.create(email=f"{number}@example.org", name="Ada", password=PASSWORD)
        for number in range(4)
    ]

    def attempt(user: User) -> str:
        try:
            return changes.change(user.user_id, old=user.email, new=NEW, epoch=0).user_id
        except EmailTaken:
            return ""

    with ThreadPoolExecutor(len(users)) as pool:
        won = [winner for winner in pool.map(attempt, users) if winner]
    holder = store.by_email(NEW)
    assert holder
    assert won == [holder.user_id]
    for user in users:
        if user.user_id != holder.user_id:
            assert store.by_email(user.email) == user


def test_should_keep_the_old_address_for_its_owner_when_others_want_it(
    store: UserStore, changes: EmailChanges, ada: User, clock: Clock
) -> None:
    changed = changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    eve = store.create(email=THIRD, name="Eve", password=PASSWORD)
    with pytest.raises(EmailTaken):
        store.create(email=OLD, name="Eve", password=PASSWORD)
    with pytest.raises(EmailTaken):
        changes.change(eve.user_id, old=THIRD, new=OLD, epoch=0)
    assert not changes.may_change(changed)
    with pytest.raises(UserChanged):
        changes.change(ada.user_id, old=NEW, new="a@example.org", epoch=1)

    clock.now += UNDO_SECONDS
    assert changes.may_change(changed)
    assert changes.change(eve.user_id, old=THIRD, new=OLD, epoch=0).email == OLD
    with pytest.raises(EmailTaken):
        changes.undo(ada.user_id, old=OLD, new=NEW)


def test_should_be_as_before_without_the_password_when_a_change_is_undone(
    store: UserStore, changes: EmailChanges, ada: User
) -> None:
    changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    restored = changes.undo(ada.user_id, old=OLD, new=NEW)
    assert (restored.email, restored.session_epoch) == (OLD, 2)
    assert store.by_email(OLD) == restored
    assert store.authenticate(OLD, PASSWORD) is None
    with pytest.raises(UserChanged):
        changes.undo(ada.user_id, old=OLD, new=NEW)
    # Whoever reads the mail of the other address may have it.
    assert store.create(email=NEW, name="Eve", password=PASSWORD).email == NEW
    assert changes.change(ada.user_id, old=OLD, new=THIRD, epoch=2).email == THIRD


def test_should_end_what_was_allowed_when_it_is_prevented(
    store: UserStore, changes: EmailChanges, ada: User
) -> None:
    changes.prevent(ada.user_id, old=OLD, epoch=0)
    assert store.authenticate(OLD, PASSWORD) is None
    with pytest.raises(UserChanged):
        changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    with pytest.raises(UserChanged):
        changes.prevent(ada.user_id, old=OLD, epoch=0)


def test_should_leave_no_address_when_the_account_is_erased(
    changes: EmailChanges, ada: User, clock: Clock, users_table: "Table"
) -> None:
    changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    clock.now += UNDO_SECONDS
    changes.change(ada.user_id, old=NEW, new=OLD, epoch=1)
    delete_user(users_table, ada.user_id)
    assert users_table.scan()["Items"] == []


def test_should_have_stripes_customer_follow_when_there_is_one(
    changes: EmailChanges, ada: User, users_table: "Table"
) -> None:
    records = SubscriptionStore(users_table)
    record = records.get(ada.user_id)
    assert record
    records.change(record, {"stripe_customer_id": "cus_1"})
    changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    after = records.get(ada.user_id)
    assert after
    assert (after.billing_notices, after.billing_version) == ((Notice.ADDRESS,), 2)


def test_should_try_anew_at_stripe_when_there_is_no_customer_yet(
    changes: EmailChanges, ada: User, users_table: "Table"
) -> None:
    changes.change(ada.user_id, old=OLD, new=NEW, epoch=0)
    after = SubscriptionStore(users_table).get(ada.user_id)
    assert after
    assert (after.billing_notices, after.billing_attempt) == ((), 1)
