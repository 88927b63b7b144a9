"""The end of an account: a receipt by mail, then the user's items."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from runtime.common.log import get_logger
from runtime.common.mail import Mailer, write_email
from runtime.common.users import User, UserStore

REFUSED_FOR_GOOD = "MessageRejected"
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors"""

log = get_logger(__name__)


@dataclass(frozen=True)
class Farewell:
    """Takes leave of users whose jobs and files are gone."""

    users: UserStore
    mailer: Mailer
    site_url: str

    def begin(self, user_id: str) -> None:
        """See to it that the user can't sign in any more, whoever asked for the removal."""
        self.users.mark_deleted(user_id)

    def end(self, user_id: str) -> None:
        """Send the receipt, then erase the user.

        A crash between the two sends it twice; the other order would lose it. An address that SES
        won't ever send to doesn't keep the account from going.

        Raises:
            botocore.exceptions.ClientError: SES or the table refused it for now.
        """
        user = self.users.get(user_id)
        if user is None:
            log.info("account removed before")
            return
        self._send_receipt(user)
        self.users.erase(user_id)
        log.info("account removed")

    def _send_receipt(self, user: User) -> None:
        email = write_email("account_deleted", name=user.name, site_url=self.site_url)
        try:
            self.mailer.send(to=user.email, email=email)
        except ClientError as error:
            if error.response["Error"]["Code"] != REFUSED_FOR_GOOD:
                raise
            log.warning("the receipt can't be sent", exc_info=True)
