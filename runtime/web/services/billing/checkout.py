"""Subscribing to Premium: the browser sets up a card with Stripe, then a subscription is created.

Every request that creates something carries an idempotency key, made of the user and of what is
created: a double click, a second tab or a retry after a time-out gets what the first one created.
https://docs.stripe.com/api/idempotent_requests
"""

from dataclasses import dataclass

import stripe

from runtime.common.log import get_logger
from runtime.common.subscriptions import RecordChanged, SubscriptionRecord, SubscriptionStore
from runtime.web.services.billing.billing_errors import (
    REFUSED,
    CardDeclined,
    RequestRefused,
    is_missing,
    translated_errors,
)
from runtime.web.services.billing.plan_status import ENDED, PAID
from runtime.web.services.billing.stripe_account import StripeAccount
from runtime.web.services.billing.stripe_reader import read_subscription, retrieve_customer
from runtime.web.services.billing.subscription_sync import (
    SubscriptionSynchronizer,
    SyncConflict,
    SyncResult,
)

TRIES = 3
"""Attempts to write a customer's id while another process writes the same record."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class Checkout:
    """What the page with the card form needs."""

    account: StripeAccount
    store: SubscriptionStore
    synchronizer: SubscriptionSynchronizer

    def create_setup_intent(self, user_id: str, attempt: str) -> str:
        """Return the client secret with which the browser sets up a card.

        Args:
            attempt: the browser's id of this attempt; the same id gets the same secret.

        Raises:
            BillingError: Stripe refused it, or doesn't answer.
        """
        self.synchronizer.sync(user_id)
        customer = self._customer(user_id)
        with translated_errors():
            intent = self.account.client().v1.setup_intents.create(
                {"customer": customer, "allowed_payment_method_types": ["card"]},
                {"idempotency_key": f"gas-setup-{user_id}-{attempt}"},
            )
        return str(intent.client_secret)

    def subscribe(self, user_id: str, setup_intent: str) -> SyncResult | None:
        """Charge the card that was set up: for a new subscription, or for an unpaid invoice.

        If the subscription is paid, the card is used for the next payment.

        Returns:
            The status of the plan then; it says if the card was declined or must be confirmed.

        Raises:
            BillingError: Stripe refused it, or doesn't answer; then it may have been done or not.
        """
        record = self._record(user_id)
        with translated_errors():
            client = self.account.client()
            card = self._use_card(client, record, setup_intent)
        subscription = read_subscription(self.account, record).subscription
        if subscription is None or subscription.status in ENDED:
            self._create(client, record)
        elif subscription.status not in PAID and subscription.latest_invoice:
            _pay(client, str(subscription.latest_invoice), card)
        return self.synchronizer.sync(user_id)

    def _record(self, user_id: str) -> SubscriptionRecord:
        record = self.store.get(user_id)
        if record is None or record.deleted_at is not None:
            raise RequestRefused("This account is being deleted.")
        return record

    def _customer(self, user_id: str) -> str:
        """The user's customer at Stripe, created if there is none."""
        for _ in range(TRIES):
            try:
                record = self._without_deleted_customer(self._record(user_id))
                return record.stripe_customer_id or self._new_customer(record)
            except RecordChanged:
                continue
        raise SyncConflict(f"user {user_id} is being synchronized by other processes")

    def _without_deleted_customer(self, record: SubscriptionRecord) -> SubscriptionRecord:
        """Forget a customer that was deleted at Stripe: nothing can be created for it any more."""
        if record.stripe_customer_id is None:
            return record
        with translated_errors():
            if retrieve_customer(self.account.client(), record.stripe_customer_id) is not None:
                return record
        reset = {"stripe_customer_id": None, "billing_attempt": record.billing_attempt + 1}
        return self.store.change(record, reset)

    def _new_customer(self, record: SubscriptionRecord) -> str:
        with translated_errors():
            customer = self.account.client().v1.customers.create(
                {"email": record.email, "metadata": {"user_id": record.user_id}},
                {"idempotency_key": f"gas-customer-{record.user_id}-{record.billing_attempt}"},
            )
        self.store.change(record, {"stripe_customer_id": customer.id})
        return customer.id

    def _use_card(
        self, client: stripe.StripeClient, record: SubscriptionRecord, setup_intent: str
    ) -> str:
        """Make the card that was set up the customer's default; return its id."""
        try:
            intent = client.v1.setup_intents.retrieve(setup_intent)
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
            raise RequestRefused(REFUSED) from error
        if record.stripe_customer_id is None or intent.customer != record.stripe_customer_id:
            raise RequestRefused(REFUSED)  # somebody else's
        if intent.status != "succeeded" or intent.payment_method is None:
            raise CardDeclined("The card hasn't been confirmed. Enter it again.")
        card = str(intent.payment_method)
        client.v1.customers.update(
            record.stripe_customer_id, {"invoice_settings": {"default_payment_method": card}}
        )
        return card

    def _create(self, client: stripe.StripeClient, record: SubscriptionRecord) -> None:
        try:
            with translated_errors():
                client.v1.subscriptions.create(
                    {
                        "customer": str(record.stripe_customer_id),
                        "items": [{"price": self.account.plan}],
                        # If the payment fails or must be confirmed, it stays incomplete.
                        "payment_behavior": "allow_incomplete",
                        "metadata": {"user_id": record.user_id},
                    },
                    {"idempotency_key": f"gas-subscribe-{record.user_id}-{record.billing_attempt}"},
                )
        except (CardDeclined, RequestRefused):
            self._next_attempt(record)
            raise

    def _next_attempt(self, record: SubscriptionRecord) -> None:
        """Change the idempotency key: with the same one Stripe would repeat its refusal."""
        try:
            self.store.next_attempt(record)
        except RecordChanged:
            _log.info("the record was changed elsewhere", user_id=record.user_id)


def _pay(client: stripe.StripeClient, invoice: str, card: str) -> None:
    try:
        with translated_errors():
            client.v1.invoices.pay(
                invoice,
                {"payment_method": card, "off_session": False},
                {"idempotency_key": f"gas-pay-{invoice}-{card}"},
            )
    except (CardDeclined, RequestRefused) as refusal:
        # Declined, to be confirmed, or paid meanwhile: the status of the plan says which, and why.
        _log.info("payment of an invoice refused", invoice=invoice, reason=str(refusal))
