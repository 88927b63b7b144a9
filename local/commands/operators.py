"""`./gas operators`: who may use the operator's pages of a stage. Only this command decides it."""

import boto3
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.aws.account import Account
from local.errors import LocalError
from local.host.folder import Folder
from local.host.run_state import require_running
from runtime.common.account_standing import AccountStanding
from runtime.common.users import User, UserChanged, UserStore

LOCAL = "local"


class Operators:
    """The operators of a stage.

    Args:
        session: with the credentials of the stage's administrator.
        endpoint_url: of the emulator; None for AWS.
    """

    def __init__(self, session: boto3.Session, stage: str, endpoint_url: str | None = None) -> None:
        clouds = session.client("cloudformation", endpoint_url=endpoint_url)
        [found] = clouds.describe_stacks(StackName=f"gas-{stage}-storage")["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        table = session.resource("dynamodb", endpoint_url=endpoint_url).Table(outputs["UsersTable"])
        self._users, self._standing = UserStore(table), AccountStanding(table)

    def add(self, email: str) -> User:
        """Give the role to the account of an address.

        Raises:
            LocalError: there is none, or it isn't fit.
        """
        user = self._of(email)
        if not user.has_password:
            raise LocalError(f"{email} has no password, which the pages ask for. Set one first.")
        try:
            return self._standing.make_operator(user.user_id)
        except UserChanged as error:
            raise LocalError(
                f"{email} isn't confirmed, or is suspended or being deleted. Nothing was changed."
            ) from error

    def remove(self, email: str) -> User:
        """Take the role away, which ends the account's sessions. Raises LocalError."""
        try:
            return self._standing.end_operator(self._of(email).user_id)
        except UserChanged as error:
            raise LocalError(f"{email} is being deleted. Nothing was changed.") from error

    def show(self, console: Console) -> None:
        """Print the operators."""
        table = Table("Email", "Name", "Id", box=None, pad_edge=False)
        found = sorted(self._standing.operators(), key=lambda user: user.email)
        for user in found:
            table.add_row(escape(user.email), escape(user.name), user.user_id)
        console.print(table if found else "No account has the role. Add one: ./gas operators add")

    def _of(self, email: str) -> User:
        user = self._users.by_email(email)
        if user is None:
            raise LocalError(f"No account has the address {email}. Register it on the site first.")
        return user


def of_stage(stage: str, region: str | None) -> Operators:
    """Return the operators of a stage: by your AWS settings, or of the platform on this machine.

    Raises:
        LocalError: nothing runs on this machine.
    """
    if stage != LOCAL:
        return Operators(boto3.Session(region_name=region), stage)
    account = Account(require_running(Folder.of_repository()).endpoint_url)
    return Operators(account.session, stage, account.endpoint_url)
