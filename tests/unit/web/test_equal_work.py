"""Nobody learns by the clock who has an account: the same calls are made either way."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runtime.common import passwords
from tests.unit.web.site import PASSWORD, Site


@contextmanager
def calls(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the calls to AWS, and the passwords that are hashed or compared."""
    counted: Counter[str] = Counter()
    accounts = site.services.accounts
    clients = (
        accounts.users._table.meta.client,
        accounts.limiter._table.meta.client,
        accounts.mailer.ses,
    )

    def count(model: object, **_: object) -> None:
        counted[str(model)] += 1

    for client in clients:
        client.meta.events.register("before-call", count, unique_id="counting")
    hasher = passwords._HASHER
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "_HASHER", _Counting(hasher, counted))
        yield counted
    for client in clients:
        client.meta.events.unregister("before-call", count, unique_id="counting")


class _Counting:
    def __init__(self, hasher: object, counted: Counter[str]) -> None:
        self._hasher = hasher
        self._counted = counted

    def __getattr__(self, name: str) -> object:
        self._counted[name] += 1
        return getattr(self._hasher, name)


FORMS = {
    "/register": {"name": "Ada", "password": "nine purple otters sing"},
    "/forgot": {},
    "/confirm/again": {},
    "/sign-in": {"password": "not the password"},
}


@pytest.mark.parametrize("path", FORMS)
def test_should_do_the_same_when_the_address_is_known_or_unknown(
    own_site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = own_site.user().email
    unconfirmed = f"{uuid.uuid4().hex[:10]}@example.org"
    own_site.services.users.create(email=unconfirmed, name="Bob", password=PASSWORD)
    done = []
    for email in (known, unconfirmed, f"{uuid.uuid4().hex[:10]}@example.org"):
        browser = own_site.visitor()
        form = dict(FORMS[path])
        if path == "/sign-in":
            form["csrf_token"] = browser.csrf_token()
        with calls(own_site, monkeypatch) as counted:
            browser.post(path, email=email, **form)
        assert counted
        done.append(counted)
    assert done[0] == done[1] == done[2]
