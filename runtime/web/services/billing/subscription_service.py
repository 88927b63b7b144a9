"""Shows, cancels and resumes subscriptions."""

from dataclasses import dataclass

import stripe

from runtime.common.log import get_logger
from runtime.common.subscriptions import SubscriptionRecord, SubscriptionStore
from runtime.common.users import User
from runtime.web.services.billing.billing_errors import (
    RequestRefused,
    ignore_missing,
    is_missing,
    translated_errors,
)
from runtime.web.services.billing.cancellation import cancel_now, void_unpaid
from runtime.web.services.billing.plan_status import ENDED, PAID, PlanStatus
from runtime.web.services.billing.stripe_account import StripeAccount, money
from runtime.web.services.billing.stripe_reader import (
    read_plan_status,
    read_subscription,
    retrieve_customer,
)
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer, SyncResult

INVOICES_SHOWN = 12

INVOICE_STATUSES = {"open": "not paid", "uncollectible": "not paid", "void": "cancelled"}
"""For people; Stripe's "paid" is plain enough. https://docs.stripe.com/invoicing/overview#invoice-statuses"""

_log = get_logger(__name__)


@dataclass(frozen=True)
class Card:
    """The card of the next payment."""

    brand: str
    last4: str
    expires: str


@dataclass(frozen=True)
class Invoice:
    """An invoice; `created` in epoch seconds, `url` of its page at Stripe."""

    number: str
    created: int
    amount: str
    status: str
    url: str | None


@dataclass(frozen=True)
class BillingDetails:
    """What the profile page shows."""

    status: PlanStatus
    card: Card | None
    invoices: tuple[Invoice, ...]


@dataclass(frozen=True)
class SubscriptionService:
    """Shows a user's subscription, cancels it and resumes it."""

    account: StripeAccount
    store: SubscriptionStore
    synchronizer: SubscriptionSynchronizer

    def status(self, user: User) -> PlanStatus:
        """Return the status of a user's plan, without changing anything.

        Raises:
            BillingError: Stripe doesn't say.
        """
        return read_plan_status(self.account, self._record(user.user_id))

    def details(self, user: User) -> BillingDetails:
        """Return the status with card and invoices.

        Raises:
            BillingError: Stripe doesn't say.
        """
        record = self._record(user.user_id)
        status = read_plan_status(self.account, record)
        customer = record.stripe_customer_id
        if customer is None:
            return BillingDetails(status, None, ())
        with translated_errors():
            client = self.account.client()
            try:
                return BillingDetails(status, _card(client, customer), _invoices(client, customer))
            except stripe.InvalidRequestError as error:
                if not is_missing(error):
                    raise
                return BillingDetails(status, None, ())

    def cancel(self, user_id: str) -> SyncResult | None:
        """Cancel a subscription at the end of the paid period; cancel an unpaid one now.

        Raises:
            BillingError: Stripe refused it, or doesn't answer.
        """
        subscription = read_subscription(self.account, self._record(user_id)).subscription
        with translated_errors():
            if subscription is not None and subscription.status in PAID:
                self.account.client().v1.subscriptions.update(
                    subscription.id, {"cancel_at_period_end": True}
                )
            elif subscription is not None and subscription.status not in ENDED:
                cancel_now(self.account.client(), subscription)
        return self.synchronizer.sync(user_id)

    def resume(self, user_id: str) -> SyncResult | None:
        """Undo the cancellation of a subscription, which then continues.

        Raises:
            BillingError: Stripe refused it, or doesn't answer.
        """
        subscription = read_subscription(self.account, self._record(user_id)).subscription
        if subscription is not None and subscription.status in PAID:
            with translated_errors():
                update = self.account.client().v1.subscriptions.update
                # Stripe sets one field, the other, or both, depending on who cancelled it where.
                # https://docs.stripe.com/billing/subscriptions/billing-mode/compare
                if subscription.cancel_at_period_end:
                    subscription = update(subscription.id, {"cancel_at_period_end": False})
                if subscription.cancel_at:
                    update(subscription.id, {"cancel_at": ""})
        return self.synchronizer.sync(user_id)

    def delete_customer(self, user: User) -> None:
        """Cancel a user's subscriptions now, and delete the customer with card and address.

        For an account that is deleted: its unpaid invoices are voided, too. Safe to repeat.

        Raises:
            BillingError: Stripe refused it, or doesn't answer. The account mustn't be deleted
                then, for nobody may be charged for a deleted account.
        """
        record = self.store.get(user.user_id)
        customer = record.stripe_customer_id if record else None
        if customer is None:
            return
        with translated_errors():
            client = self.account.client()
            if retrieve_customer(client, customer) is None:
                return
            listed = client.v1.subscriptions.list({"customer": customer, "status": "all"})
            for subscription in listed.auto_paging_iter():
                if subscription.status not in ENDED:
                    cancel_now(client, subscription)
                void_unpaid(client, subscription)
            with ignore_missing():
                client.v1.customers.delete(customer)
        _log.info("customer deleted", user_id=user.user_id)

    def _record(self, user_id: str) -> SubscriptionRecord:
        record = self.store.get(user_id)
        if record is None:
            raise RequestRefused("This account has been deleted.")
        return record


def _card(client: stripe.StripeClient, customer: str) -> Card | None:
    read = retrieve_customer(client, customer, ["invoice_settings.default_payment_method"])
    settings = read.invoice_settings if read else None
    method = settings.default_payment_method if settings else None
    if not isinstance(method, stripe.PaymentMethod) or method.card is None:
        return None
    card = method.card
    return Card(card.brand.capitalize(), str(card.last4), f"{card.exp_month:02}/{card.exp_year}")


def _invoices(client: stripe.StripeClient, customer: str) -> tuple[Invoice, ...]:
    listed = client.v1.invoices.list({"customer": customer, "limit": INVOICES_SHOWN})
    return tuple(
        Invoice(
            number=invoice.number or str(invoice.id),
            created=invoice.created,
            amount=money(invoice.total, invoice.currency),
            status=INVOICE_STATUSES.get(str(invoice.status), str(invoice.status)),
            url=invoice.hosted_invoice_url,
        )
        for invoice in listed.data
        if invoice.status != "draft"
    )
