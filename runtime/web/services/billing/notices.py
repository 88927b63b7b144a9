"""Sends notices of changes: to the restore process, to the user by email, and to Stripe."""

from dataclasses import dataclass

from runtime.common.mail import Email, Mailer, day, write_email
from runtime.common.messages import PlanChange
from runtime.common.queues import Queue
from runtime.common.subscriptions import Notice, SubscriptionRecord
from runtime.web.services.billing.billing_errors import ignore_missing, translated_errors
from runtime.web.services.billing.plan_status import ENDED
from runtime.web.services.billing.stripe_account import StripeAccount


@dataclass(frozen=True)
class Notices:
    """Sends the notices that a record holds. Sending one twice does no harm."""

    restore_requests: Queue
    mailer: Mailer
    site_url: str
    account: StripeAccount

    def deliver(self, record: SubscriptionRecord) -> None:
        """Send all of them; none for an account that is being deleted.

        Raises:
            botocore.exceptions.ClientError: queue or mail refused it.
            botocore.exceptions.BotoCoreError: they could not be reached.
            BillingError: Stripe refused it, or doesn't answer.
        """
        if record.deleted_at is not None:
            return
        for notice in record.billing_notices:
            if notice is Notice.PLAN_CHANGE:
                self.restore_requests.send(PlanChange(user_id=record.user_id))
            elif notice is Notice.ADDRESS:
                self._update_customer(record)
            elif (email := self.email(notice, record)) is not None:
                self.mailer.send(to=record.email, email=email)

    def _update_customer(self, record: SubscriptionRecord) -> None:
        """Give the customer the user's address: Stripe emails invoices and receipts to it."""
        if record.stripe_customer_id is None:
            return
        with translated_errors(), ignore_missing():
            self.account.client().v1.customers.update(
                record.stripe_customer_id, {"email": record.email}
            )

    def email(self, notice: Notice, record: SubscriptionRecord) -> Email | None:
        """Return the email of a notice; None when it is no longer true.

        A notice that couldn't be sent at once is sent with what came after it: by then the payment
        may have been made, or the subscription resumed.
        """
        ends, ended = record.subscription_ends_at, record.subscription_status in ENDED
        values = {"name": record.name, "site_url": self.site_url}
        if notice is Notice.PAYMENT_FAILED:
            if record.subscription_status != "past_due" or ends is None:
                return None
            return write_email("payment_failed", ends=day(ends), **values)
        if ended:
            return write_email("plan_cancelled", ends=None, **values)
        return None if ends is None else write_email("plan_cancelled", ends=day(ends), **values)
