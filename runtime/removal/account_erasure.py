"""Erases an account: emails a receipt, then deletes the user's items."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.log import get_logger
from runtime.common.mail import Mailer, write_email
from runtime.common.owned_items import OwnedItems, of_mails, of_user
from runtime.common.users import User, UserStore
from runtime.removal.user_items import delete_user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PERMANENT_REFUSAL = "MessageRejected"
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors"""

log = get_logger(__name__)


@dataclass(frozen=True)
class AccountErasure:
    """Erases users whose jobs and files are already deleted."""

    users: UserStore
    users_table: "Table"
    owned_items: OwnedItems
    mailer: Mailer
    site_url: str

    def block(self, user_id: str) -> None:
        """Make sure that the user can't sign in any more, whoever asked for the removal."""
        self.users.mark_deleted(user_id)

    def erase(self, user_id: str) -> None:
        """Send the receipt, then erase what belongs to the user, and the user.

        A crash between the two sends the receipt twice; the other order could lose it. If SES
        refuses the address for good, the account is erased all the same.

        Raises:
            botocore.exceptions.ClientError: SES or the table refused it; to be tried again.
        """
        user = self.users.get(user_id)
        if user is None:
            log.info("the account was already erased")
            return
        self._send_receipt(user)
        for owner in (of_user(user_id), of_mails(user_id)):
            self.owned_items.delete_all(owner)
        delete_user(self.users_table, user_id)
        log.info("account erased")

    def _send_receipt(self, user: User) -> None:
        email = write_email("account_deleted", name=user.name, site_url=self.site_url)
        try:
            self.mailer.send(to=user.email, email=email)
        except ClientError as error:
            if error.response["Error"]["Code"] != PERMANENT_REFUSAL:
                raise
            log.warning("SES refused to send the receipt", exc_info=True)
