"""Telling others of a change: the plan's to what restores results, the payer's to the payer."""

from dataclasses import dataclass
from datetime import UTC, datetime

from runtime.common.mail import Letter, Mailer, write_letter
from runtime.common.messages import PlanChange
from runtime.common.queues import Queue
from runtime.common.subscriptions import Notice, SubscriptionRecord
from runtime.web.services.billing.standing import ENDED


@dataclass(frozen=True)
class Notices:
    """Sends what a record says is yet to be told. What is sent twice does no harm."""

    restore_requests: Queue
    mailer: Mailer
    site_url: str

    def deliver(self, record: SubscriptionRecord) -> None:
        """Send everything; of an account that is being deleted nobody is told.

        Raises:
            botocore.exceptions.ClientError: queue or mail refused it.
            botocore.exceptions.BotoCoreError: they could not be reached.
        """
        if record.deleted_at is not None:
            return
        for notice in record.billing_notices:
            if notice is Notice.PLAN_CHANGE:
                self.restore_requests.send(PlanChange(user_id=record.user_id))
            else:
                self.mailer.send(to=record.email, letter=self._letter(notice, record))

    def _letter(self, notice: Notice, record: SubscriptionRecord) -> Letter:
        template = "payment_failed" if notice is Notice.PAYMENT_FAILED else "plan_cancelled"
        return write_letter(
            template,
            name=record.name,
            ends=_day(record.subscription_ends_at),
            ended=record.subscription_status in ENDED,
            site_url=self.site_url,
        )


def _day(epoch_seconds: int | None) -> str | None:
    if epoch_seconds is None:
        return None
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%-d %B %Y")
