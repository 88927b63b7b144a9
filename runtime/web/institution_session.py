"""What the session keeps of a sign-in with an institution: the way there, and who came back.

The session's cookie is signed, and so shows its browser what is in it, but takes no changes.
"""

from dataclasses import dataclass
from typing import Any

from flask import session

from runtime.common.openid_identity import OpenIdIdentity
from runtime.web.context import services
from runtime.web.services.openid.institutions import Departure, Person
from runtime.web.services.rate_limit import HOUR, MINUTE

DEPARTED_SECONDS = 15 * MINUTE
"""Within this time the person must come back."""

NEWCOMER_SECONDS = HOUR
"""Within this time a person without account must make one, or link one: as long as the emailed link
is valid."""

_DEPARTED, _NEWCOMER = "departed", "newcomer"


@dataclass(frozen=True)
class Newcomer:
    """A person whom an institution knows and we don't, and the path to go to."""

    person: Person
    target: str


def keep_departure(name: str, departure: Departure, target: str) -> None:
    """Remember what must come back from the issuer of that name."""
    session[_DEPARTED] = {
        "name": name,
        "state": departure.state,
        "nonce": departure.nonce,
        "code_verifier": departure.code_verifier,
        "target": target,
        "until": _now() + DEPARTED_SECONDS,
    }


def take_departure(name: str) -> dict[str, Any] | None:
    """Return what must come back from that issuer, once; None if nothing is expected of it."""
    departed: dict[str, Any] | None = session.pop(_DEPARTED, None)
    if departed is None or departed["name"] != name or departed["until"] <= _now():
        return None
    return departed


def keep_newcomer(person: Person, target: str) -> None:
    """Remember who came back."""
    session[_NEWCOMER] = {
        "issuer": person.identity.issuer,
        "subject": person.identity.subject,
        "label": person.label,
        "name": person.name,
        "email": person.email,
        "email_verified": person.email_verified,
        "target": target,
        "until": _now() + NEWCOMER_SECONDS,
    }


def newcomer() -> Newcomer | None:
    """Return who came back; None if nobody did, or too long ago."""
    kept = session.get(_NEWCOMER)
    if kept is None or kept["until"] <= _now():
        return None
    identity = OpenIdIdentity(kept["issuer"], kept["subject"])
    person = Person(identity, kept["label"], kept["name"], kept["email"], kept["email_verified"])
    return Newcomer(person, kept["target"])


def forget_newcomer() -> None:
    """The person has an account now, or doesn't want one."""
    session.pop(_NEWCOMER, None)


def _now() -> int:
    return int(services().second_factor.clock())
