"""Creates the demo user, once per state, with a random password and a token of the API."""

import secrets

from pydantic import BaseModel, ConfigDict

from local.aws.account import Account
from local.aws.outputs import Outputs
from local.errors import LocalError
from local.host.folder import Folder
from runtime.common.api_tokens import ApiTokens, Scope
from runtime.common.email_addresses import EmailTaken
from runtime.common.owned_items import OwnedItems
from runtime.common.users import UserStore

EMAIL = "demo@example.org"
NAME = "Demo User"
PASSWORD_BYTES = 12
TOKEN_NAME = "./gas submit"  # noqa: S105 - a name, and no token
TOKEN_DAYS = 365


class DemoUser(BaseModel):
    """The user who submits the sample. Password and token are only in the state folder.

    `token` is None of a state that an earlier release made, until its platform starts again.
    """

    model_config = ConfigDict(frozen=True)

    email: str
    password: str
    token: str | None = None


def seed_demo_user(folder: Folder, account: Account, outputs: Outputs) -> DemoUser:
    """Return the demo user of this state; create it if there is none.

    Each call makes a new token in place of the one before, so that none expires.

    Raises:
        LocalError: the user is in the table, but the file with the password is lost.
    """
    user = read_demo_user(folder) or _create(folder, account, outputs)
    user = user.model_copy(update={"token": _new_token(account, outputs)})
    folder.demo_file.write_text(user.model_dump_json())
    return user


def _new_token(account: Account, outputs: Outputs) -> str:
    dynamodb = account.dynamodb()
    owner = UserStore(dynamodb.Table(outputs.users_table)).by_email(EMAIL)
    if owner is None:
        raise LocalError(f"There is no user {EMAIL} any more. Start with a new state: ./gas reset")
    tokens = ApiTokens(OwnedItems(dynamodb.Table(outputs.owned_items_table)))
    for each in tokens.all(owner.user_id):
        if each.name == TOKEN_NAME:
            tokens.revoke(owner.user_id, each.token_id)
    _, text = tokens.create(owner.user_id, name=TOKEN_NAME, scopes=Scope, days=TOKEN_DAYS)
    return text


def _create(folder: Folder, account: Account, outputs: Outputs) -> DemoUser:
    user = DemoUser(email=EMAIL, password=secrets.token_urlsafe(PASSWORD_BYTES))
    store = UserStore(account.dynamodb().Table(outputs.users_table))
    try:
        store.create(email=user.email, name=NAME, password=user.password, email_verified=True)
    except EmailTaken as error:
        raise LocalError(
            f"The demo user's password was in {folder.demo_file}, which is gone. Start with a new "
            "state: ./gas reset"
        ) from error
    folder.demo_file.touch(mode=0o600)
    return user


def read_demo_user(folder: Folder) -> DemoUser | None:
    """Return the demo user of this state; None if there is none yet."""
    if not folder.demo_file.exists():
        return None
    return DemoUser.model_validate_json(folder.demo_file.read_text())
