"""The end of every sign-in: the second factor, a link that waits for it, and the session."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from runtime.common.openid_identity import OpenIdIdentity
from runtime.common.users import User
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.half_session import begin_half_session


def after_password(
    user: User, target: str, to_link: OpenIdIdentity | None = None
) -> ResponseReturnValue:
    """Sign in, or ask for the code first; the answer leads on.

    Args:
        to_link: an identity that may sign in to the account from then on.
    """
    if services().second_factor.is_on(user):
        begin_half_session(user, target, to_link)
        return redirect(url_for("auth.code_form"), code=303)
    return finish(user, target, to_link)


def finish(user: User, target: str, to_link: OpenIdIdentity | None = None) -> ResponseReturnValue:
    """Sign in; the person has proved all that the account asks for.

    Raises:
        IdentityTaken: `to_link` was linked meanwhile.
        TooManyIdentities: the account has as many as it may have.
        UserChanged: the account has changed meanwhile.
    """
    if to_link is not None:
        label = services().institutions.label(to_link)
        user = services().institution_accounts.link(user, to_link, label)
    identity.sign_in(user)
    return redirect(safe_target(target), code=303)


def safe_target(target: str) -> str:
    """Return a path to go to: `target`, or the list of jobs if it isn't one of this site."""
    return target if _is_local(target) else url_for("jobs.index")


def _is_local(target: str) -> bool:
    """Whether `target` is a path on this site, however a browser may read it.

    Browsers take `//host`, `/\\host` and URLs with control characters in them for other sites'
    addresses: https://url.spec.whatwg.org/#relative-slash-state
    """
    if not target.startswith("/") or "\\" in target:
        return False
    if any(ord(character) < 0x21 or ord(character) == 0x7F for character in target):
        return False
    return not target.startswith("//")
