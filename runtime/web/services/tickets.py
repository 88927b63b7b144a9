"""Upload tickets: what the server signed about an upload, and trusts when it comes back.

A ticket lasts as long as its upload may take.
"""

from typing import Annotated

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime.contract.s3 import UPLOAD_SECONDS

Text = Annotated[str, Field(min_length=1)]


class Ticket(BaseModel):
    """One upload: its user, the id of its job, the name of its file, and its reference.

    Attributes:
        upload_id: S3's id of an upload in parts.
        size: bytes of such an upload's file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    user_id: Text
    job_id: Text
    file_name: Text
    reference: Text
    upload_id: Text | None = None
    size: int | None = None


class InvalidTicket(Exception):
    """The ticket isn't ours, is too old, or is another user's; the text says what to do."""


class TicketSigner:
    """Signs tickets and checks them; every instance has the same secret."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="gas-upload-ticket")

    def sign(self, ticket: Ticket) -> str:
        """Return the ticket as a signed text that is safe in URLs and headers."""
        return str(self._serializer.dumps(ticket.model_dump()))

    def check(self, token: str, *, user_id: str) -> Ticket:
        """Return the ticket inside `token`.

        Raises:
            InvalidTicket: not signed by us, too old, or issued to another user.
        """
        try:
            ticket = Ticket.model_validate(self._serializer.loads(token, max_age=UPLOAD_SECONDS))
        except SignatureExpired as error:
            raise InvalidTicket(
                "This upload was started too long ago. Upload the file again."
            ) from error
        except (BadData, ValidationError) as error:
            raise InvalidTicket("This upload is unknown. Upload the file again.") from error
        if ticket.user_id != user_id:
            raise InvalidTicket("Another account started this upload. Upload the file again.")
        return ticket
