"""Ended sessions, on a real table."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from runtime.common.sessions import MOST_ENDED_SESSIONS, Sessions
from runtime.common.users import User, UserChanged, UserStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def store(users_table: "Table") -> UserStore:
    return UserStore(users_table, Clock())


@pytest.fixture
def sessions(users_table: "Table") -> Sessions:
    return Sessions(users_table, Clock())


@pytest.fixture
def ada(store: UserStore) -> User:
    return store.create(email="ada@example.org", name="Ada", password="correct horse")


def test_should_remember_ended_sessions_until_their_cookies_end(
    users_table: "Table", store: UserStore, ada: User
) -> None:
    now = [1_000.0]
    sessions = Sessions(users_table, clock=lambda: now[0])

    for session in ("one", "two", "two"):
        sessions.end(ada.user_id, session, until=2_000)
    both = store.get(ada.user_id)
    now[0] = 2_000.0
    sessions.end(ada.user_id, "three", until=3_000)
    later = store.get(ada.user_id)

    assert both
    assert both.ended_sessions == frozenset({"2000 one", "2000 two"})
    assert later
    assert later.ended_sessions == frozenset({"3000 three"})
    assert later.has_ended("three")
    assert later.session_epoch == ada.session_epoch


def test_should_end_all_sessions_when_there_are_too_many_to_remember(
    sessions: Sessions, store: UserStore, ada: User
) -> None:
    until = 2**40
    for number in range(MOST_ENDED_SESSIONS + 1):
        sessions.end(ada.user_id, str(number), until=until)

    user = store.get(ada.user_id)
    assert user
    assert user.session_epoch == ada.session_epoch + 1
    assert user.ended_sessions is None


def test_should_lose_no_ended_session_when_two_end_at_once(
    sessions: Sessions, store: UserStore, ada: User
) -> None:
    with ThreadPoolExecutor(4) as pool:
        ended = [
            pool.submit(sessions.end, ada.user_id, str(number), until=2**40) for number in range(4)
        ]
        for each in ended:
            each.result()

    user = store.get(ada.user_id)
    assert user
    assert all(user.has_ended(str(number)) for number in range(4))


def test_should_refuse_to_end_sessions_when_the_account_is_going(
    sessions: Sessions, store: UserStore, ada: User
) -> None:
    store.mark_deleted(ada.user_id)

    with pytest.raises(UserChanged):
        sessions.end(ada.user_id, "one", until=2**40)
    with pytest.raises(UserChanged):
        sessions.end_all(ada.user_id)
