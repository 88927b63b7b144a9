"""Creates the demo user, once per state and with a random password."""

import secrets

from pydantic import BaseModel, ConfigDict

from local.aws.account import Account
from local.aws.outputs import Outputs
from local.errors import LocalError
from local.host.folder import Folder
from runtime.common.email_addresses import EmailTaken
from runtime.common.users import UserStore

EMAIL = "demo@example.org"
NAME = "Demo User"
PASSWORD_BYTES = 12


class DemoUser(BaseModel):
    """The user who submits the sample. The password is only in the state folder."""

    model_config = ConfigDict(frozen=True)

    email: str
    password: str


def seed_demo_user(folder: Folder, account: Account, outputs: Outputs) -> DemoUser:
    """Return the demo user of this state; create it if there is none.

    Raises:
        LocalError: the user is in the table, but the file with the password is lost.
    """
    known = read_demo_user(folder)
    if known is not None:
        return known
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
    folder.demo_file.write_text(user.model_dump_json())
    return user


def read_demo_user(folder: Folder) -> DemoUser | None:
    """Return the demo user of this state; None if there is none yet."""
    if not folder.demo_file.exists():
        return None
    return DemoUser.model_validate_json(folder.demo_file.read_text())
