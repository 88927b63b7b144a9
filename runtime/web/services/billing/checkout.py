"""Becoming Premium: a card is set up with Stripe in the browser, then a subscription is made.

Everything that makes something carries an idempotency key, made of the user and of what is wanted:
a double click, a second tab or a repetition after a time-out gets what the first one made.
https://docs.stripe.com/api/idempotent_requests
"""

from dataclasses import dataclass

import stripe

from runtime.common.log import get_logger
from runtime.common.subscriptions import RecordChanged, SubscriptionRecord, SubscriptionStore
from runtime.web.services.billing.account import StripeAccount
from runtime.web.services.billing.errors import (
    REFUSED,
    CardRefused,
    Refused,
    asking_stripe,
    is_missing,
)
from runtime.web.services.billing.reading import read_subscription, retrieve_customer
from runtime.web.services.billing.settling import Settled, Settlement, Unsettled
from runtime.web.services.billing.standing import ENDED, PAID

TRIES = 3
"""To write a customer's id while somebody else writes the same record."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class Checkout:
    """What the page of the card form asks for."""

    account: StripeAccount
    store: SubscriptionStore
    settlement: Settlement

    def begin(self, user_id: str, attempt: str) -> str:
        """Return the secret with which the browser sets up a card.

        Args:
            attempt: the browser's name for this try; the same name gets the same secret.

        Raises:
            BillingError: Stripe refused it, or doesn't answer.
        """
        self.settlement.settle(user_id)
        customer = self._customer(user_id)
        with asking_stripe():
            intent = self.account.client().v1.setup_intents.create(
                {"customer": customer, "allowed_payment_method_types": ["card"]},
                {"idempotency_key": f"gas-setup-{user_id}-{attempt}"},
            )
        return str(intent.client_secret)

    def subscribe(self, user_id: str, setup_intent: str) -> Settled | None:
        """Charge the card that was set up: for a new subscription, or for what is owed.

        For somebody whose subscription is paid for, it becomes the card of the next payment.

        Returns:
            How the user stands then; it tells of a card that was declined or must be confirmed.

        Raises:
            BillingError: Stripe refused it, or doesn't answer, in which case it may be done or not.
        """
        record = self._record(user_id)
        with asking_stripe():
            client = self.account.client()
            card = self._use_card(client, record, setup_intent)
        subscription = read_subscription(self.account, record).subscription
        if subscription is None or subscription.status in ENDED:
            self._create(client, record)
        elif subscription.status not in PAID and subscription.latest_invoice:
            _pay(client, str(subscription.latest_invoice), card)
        return self.settlement.settle(user_id)

    def _record(self, user_id: str) -> SubscriptionRecord:
        record = self.store.get(user_id)
        if record is None or record.deleted_at is not None:
            raise Refused("This account is being deleted.")
        return record

    def _customer(self, user_id: str) -> str:
        """The user's customer at Stripe, made where there is none."""
        for _ in range(TRIES):
            try:
                record = self._without_deleted_customer(self._record(user_id))
                return record.stripe_customer_id or self._new_customer(record)
            except RecordChanged:
                continue
        raise Unsettled(f"user {user_id} is being settled by others")

    def _without_deleted_customer(self, record: SubscriptionRecord) -> SubscriptionRecord:
        """Forget a customer that was deleted at Stripe: nothing can be made for them any more."""
        if record.stripe_customer_id is None:
            return record
        with asking_stripe():
            if retrieve_customer(self.account.client(), record.stripe_customer_id) is not None:
                return record
        anew = {"stripe_customer_id": None, "billing_attempt": record.billing_attempt + 1}
        return self.store.change(record, anew)

    def _new_customer(self, record: SubscriptionRecord) -> str:
        with asking_stripe():
            customer = self.account.client().v1.customers.create(
                {"email": record.email, "metadata": {"user_id": record.user_id}},
                {"idempotency_key": f"gas-customer-{record.user_id}-{record.billing_attempt}"},
            )
        self.store.change(record, {"stripe_customer_id": customer.id})
        return customer.id

    def _use_card(
        self, client: stripe.StripeClient, record: SubscriptionRecord, setup_intent: str
    ) -> str:
        """Let the customer pay with the card that was set up; return the card's id."""
        try:
            intent = client.v1.setup_intents.retrieve(setup_intent)
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
            raise Refused(REFUSED) from error
        if record.stripe_customer_id is None or intent.customer != record.stripe_customer_id:
            raise Refused(REFUSED)  # somebody else's
        if intent.status != "succeeded" or intent.payment_method is None:
            raise CardRefused("The card hasn't been confirmed. Enter it again.")
        card = str(intent.payment_method)
        client.v1.customers.update(
            record.stripe_customer_id, {"invoice_settings": {"default_payment_method": card}}
        )
        return card

    def _create(self, client: stripe.StripeClient, record: SubscriptionRecord) -> None:
        try:
            with asking_stripe():
                client.v1.subscriptions.create(
                    {
                        "customer": str(record.stripe_customer_id),
                        "items": [{"price": self.account.plan}],
                        # A payment that fails or must be confirmed leaves it incomplete.
                        "payment_behavior": "allow_incomplete",
                        "metadata": {"user_id": record.user_id},
                    },
                    {"idempotency_key": f"gas-subscribe-{record.user_id}-{record.billing_attempt}"},
                )
        except (CardRefused, Refused):
            self._begin_anew(record)
            raise

    def _begin_anew(self, record: SubscriptionRecord) -> None:
        """Leave behind a key under which Stripe would go on giving the same refusal."""
        try:
            self.store.next_attempt(record)
        except RecordChanged:
            _log.info("the record has changed by itself", user_id=record.user_id)


def _pay(client: stripe.StripeClient, invoice: str, card: str) -> None:
    try:
        with asking_stripe():
            client.v1.invoices.pay(
                invoice,
                {"payment_method": card, "off_session": False},
                {"idempotency_key": f"gas-pay-{invoice}-{card}"},
            )
    except (CardRefused, Refused) as refusal:
        # Declined, to be confirmed, or paid meanwhile: how the user stands says which, and what
        # Stripe said.
        _log.info("payment of an invoice refused", invoice=invoice, reason=str(refusal))
