"""Proof that the person at a session is the account's owner: the password.

Without a password it is a fresh sign-in, which the institution was asked to check again.
"""

from runtime.common.users import User
from runtime.web.account_forms import AccountForm, InvalidForm
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.services.account_service import WrongPassword

STALE = "Sign in with your institution again first, to show that it's you."
WRONG = "That isn't your password."


def check_owner(user: User, password: str) -> None:
    """Check the password, or where there is none, that the sign-in is fresh.

    Raises:
        InvalidForm: neither is so; with the sentence for the field `password`.
        TooManyAttempts: a limit is reached.
    """
    if not user.has_password:
        if not identity.is_fresh():
            raise InvalidForm({"password": STALE})
        return
    if not password:
        raise InvalidForm({"password": AccountForm.sentences["password"]})
    try:
        services().accounts.check_password(user, password, client=client_address())
    except WrongPassword as error:
        raise InvalidForm({"password": WRONG}) from error
