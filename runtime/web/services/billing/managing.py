"""What a subscriber does with a subscription, and sees of it."""

from dataclasses import dataclass

import stripe

from runtime.common.log import get_logger
from runtime.common.subscriptions import SubscriptionRecord, SubscriptionStore
from runtime.common.users import User
from runtime.web.services.billing.account import StripeAccount, money
from runtime.web.services.billing.ending import end, void_unpaid
from runtime.web.services.billing.errors import Refused, asking_stripe, is_missing, unless_missing
from runtime.web.services.billing.reading import look, read_subscription, retrieve_customer
from runtime.web.services.billing.settling import Settled, Settlement
from runtime.web.services.billing.standing import ENDED, PAID, Standing

INVOICES_SHOWN = 12

WORDS = {"open": "not paid", "uncollectible": "not paid", "void": "cancelled"}
"""For people; "paid" says it. https://docs.stripe.com/invoicing/overview#invoice-statuses"""

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
class Details:
    """What the profile shows."""

    standing: Standing
    card: Card | None
    invoices: tuple[Invoice, ...]


@dataclass(frozen=True)
class Subscriptions:
    """Looks at a user's subscription, ends it and takes the end back."""

    account: StripeAccount
    store: SubscriptionStore
    settlement: Settlement

    def standing(self, user: User) -> Standing:
        """Return how a user stands, changing nothing.

        Raises:
            BillingError: Stripe doesn't say.
        """
        return look(self.account, self._record(user.user_id))

    def details(self, user: User) -> Details:
        """Return that with card and invoices.

        Raises:
            BillingError: Stripe doesn't say.
        """
        record = self._record(user.user_id)
        standing = look(self.account, record)
        customer = record.stripe_customer_id
        if customer is None:
            return Details(standing, None, ())
        with asking_stripe():
            client = self.account.client()
            try:
                return Details(standing, _card(client, customer), _invoices(client, customer))
            except stripe.InvalidRequestError as error:
                if not is_missing(error):
                    raise
                return Details(standing, None, ())

    def cancel(self, user_id: str) -> Settled | None:
        """Let a subscription end when what is paid for is over; one that isn't paid for, now.

        Raises:
            BillingError: Stripe refused it, or doesn't answer.
        """
        subscription = read_subscription(self.account, self._record(user_id)).subscription
        with asking_stripe():
            if subscription is not None and subscription.status in PAID:
                self.account.client().v1.subscriptions.update(
                    subscription.id, {"cancel_at_period_end": True}
                )
            elif subscription is not None and subscription.status not in ENDED:
                end(self.account.client(), subscription)
        return self.settlement.settle(user_id)

    def resume(self, user_id: str) -> Settled | None:
        """Take the end of a subscription back, which then goes on.

        Raises:
            BillingError: Stripe refused it, or doesn't answer.
        """
        subscription = read_subscription(self.account, self._record(user_id)).subscription
        if subscription is not None and subscription.status in PAID:
            with asking_stripe():
                update = self.account.client().v1.subscriptions.update
                # Stripe says it in the one way, the other, or both, by who cancelled it where.
                # https://docs.stripe.com/billing/subscriptions/billing-mode/compare
                if subscription.cancel_at_period_end:
                    subscription = update(subscription.id, {"cancel_at_period_end": False})
                if subscription.cancel_at:
                    update(subscription.id, {"cancel_at": ""})
        return self.settlement.settle(user_id)

    def end_all(self, user: User) -> None:
        """End a user's subscriptions at once, and have Stripe forget card and address.

        For an account that is deleted, of which nothing is left to pay either; done again it
        changes nothing.

        Raises:
            BillingError: Stripe refused it, or doesn't answer: nobody may be charged for an
                account that is gone.
        """
        record = self.store.get(user.user_id)
        customer = record.stripe_customer_id if record else None
        if customer is None:
            return
        with asking_stripe():
            client = self.account.client()
            if retrieve_customer(client, customer) is None:
                return
            listed = client.v1.subscriptions.list({"customer": customer, "status": "all"})
            for subscription in listed.auto_paging_iter():
                if subscription.status not in ENDED:
                    end(client, subscription)
                void_unpaid(client, subscription)
            with unless_missing():
                client.v1.customers.delete(customer)
        _log.info("customer deleted", user_id=user.user_id)

    def _record(self, user_id: str) -> SubscriptionRecord:
        record = self.store.get(user_id)
        if record is None:
            raise Refused("This account has been deleted.")
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
            status=WORDS.get(str(invoice.status), str(invoice.status)),
            url=invoice.hosted_invoice_url,
        )
        for invoice in listed.data
        if invoice.status != "draft"
    )
