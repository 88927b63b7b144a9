"""The payment services on a real emulator and on what stands for Stripe, and a customer's side."""

import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import stripe

from local.stripe.local_stripe import LocalStripe
from runtime.common.mail import Mailer
from runtime.common.queues import Queue
from runtime.common.subscriptions import SubscriptionRecord, SubscriptionStore
from runtime.common.users import Role, User, UserStore
from runtime.web.services.billing.billing_services import BillingServices
from runtime.web.services.billing.checkout import Checkout
from runtime.web.services.billing.grace_period import GracePeriod
from runtime.web.services.billing.notices import Notices
from runtime.web.services.billing.plan_status import PlanStatus
from runtime.web.services.billing.stripe_account import StripeAccount
from runtime.web.services.billing.stripe_events import Outcome, ProcessedEvents, StripeEventHandler
from runtime.web.services.billing.stripe_keys import StripeKeyStore
from runtime.web.services.billing.subscription_service import SubscriptionService
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer, SyncResult
from tests.cards import GOOD, StripeJs
from tests.emulator import (
    ROOT_KEY,
    Emulator,
    create_ephemeral_table,
    create_users_table,
)
from tests.unit import queues
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SITE = "https://gas.example.org"
SENDER = "billing@gas.example.org"
GRACE_DAYS = 7


@dataclass(frozen=True)
class Shop:
    """The services, the parts behind them, and what customers do."""

    billing: BillingServices
    users: UserStore
    store: SubscriptionStore
    payments: LocalStripe
    queue: queues.Queue
    emulator: Emulator
    clock: Clock

    @property
    def client(self) -> stripe.StripeClient:
        """The operator's, who sees everything at Stripe."""
        return self.billing.account.client()

    @property
    def stripe_js(self) -> StripeJs:
        return StripeJs(self.payments.url)

    def user(self, role: Role = Role.FREE_USER) -> User:
        email = f"{uuid.uuid4().hex}@example.org"
        return self.users.create(email=email, name="Ada", password="correct horse", role=role)

    def card(self, user: User, number: str = GOOD) -> str:
        """Set up a card as the page does; return the setup intent."""
        secret = self.billing.checkout.create_setup_intent(user.user_id, str(uuid.uuid4()))
        return self.stripe_js.confirm_card_setup(secret, number)

    def subscribe(self, user: User, number: str = GOOD) -> PlanStatus:
        """Fill in the page and send it."""
        return status_of(self.billing.checkout.subscribe(user.user_id, self.card(user, number)))

    def subscriber(self) -> User:
        """Somebody on Premium, all notices sent."""
        user = self.user()
        self.subscribe(user)
        return user

    def sync(self, user: User) -> PlanStatus:
        return status_of(self.billing.synchronizer.sync(user.user_id))

    def record(self, user: User) -> SubscriptionRecord:
        record = self.store.get(user.user_id)
        assert record
        return record

    def role(self, user: User) -> Role:
        return self.record(user).role

    def subscriptions(self, user: User) -> list[stripe.Subscription]:
        """All that Stripe has of a user."""
        customer = str(self.record(user).stripe_customer_id)
        return self.client.v1.subscriptions.list({"customer": customer, "status": "all"}).data

    def subscription(self, user: User) -> stripe.Subscription:
        """The newest."""
        return self.client.v1.subscriptions.retrieve(str(self.record(user).stripe_subscription_id))

    def invoices(self, user: User) -> list[str]:
        """What has become of a user's invoices, the newest first."""
        customer = str(self.record(user).stripe_customer_id)
        listed = self.client.v1.invoices.list({"customer": customer}).data
        return [str(invoice.status) for invoice in listed]

    def fail_renewal(self, user: User) -> None:
        """Let the period end while the card is refused."""
        self.use_card(user, self.card(user, "4000000000000341"))
        self.payments.end_period(self.subscription(user).id)

    def use_card(self, user: User, setup_intent: str) -> None:
        """Let Stripe charge another card, as its dashboard does."""
        method = self.client.v1.setup_intents.retrieve(setup_intent).payment_method
        self.client.v1.customers.update(
            str(self.record(user).stripe_customer_id),
            {"invoice_settings": {"default_payment_method": str(method)}},
        )

    def plan_changes(self, user: User) -> int:
        """How many were sent about a user; they stay in the queue."""
        url = f"{self.emulator.endpoint_url}/_ministack/sqs/messages"
        answer = httpx.get(url, params={"QueueUrl": self.queue.url}, timeout=30).json()
        regions = answer["messages"].get(ROOT_KEY, {}).values()
        bodies = [m["Body"] for queue in regions for ms in queue.values() for m in ms]
        return sum(json.loads(body)["user_id"] == user.user_id for body in bodies)

    def subjects(self, user: User) -> list[str]:
        """Of the mails to a user, the oldest first."""
        url = f"{self.emulator.endpoint_url}/_ministack/ses/messages"
        answer = httpx.get(url, params={"account": ROOT_KEY}, timeout=30).json()
        mails = answer["messages"].get(ROOT_KEY, [])
        return [mail["Subject"] for mail in mails if user.email in mail["To"]]

    def event(self, kind: str, subject: object, event_id: str | None = None) -> tuple[bytes, str]:
        """An event as Stripe sends it now: body and signature."""
        data = subject.to_dict() if isinstance(subject, stripe.StripeObject) else subject
        event_id = event_id or f"evt_{uuid.uuid4().hex}"
        body = json.dumps(
            {"id": event_id, "object": "event", "type": kind, "data": {"object": data}}
        )
        return body.encode(), self.sign(body)

    def sign(self, body: str, timestamp: int | None = None) -> str:
        secret = self.payments.keys.webhook_secret
        return str(stripe.WebhookSignature.generate_signature_header(body, secret, timestamp))

    def hear(self, kind: str, subject: object, event_id: str | None = None) -> Outcome:
        return self.billing.stripe_events.handle(*self.event(kind, subject, event_id))


def status_of(result: SyncResult | None) -> PlanStatus:
    assert result
    return result.status


def create_shop(emulator: Emulator, payments: LocalStripe) -> Shop:
    """Create tables, a queue and a sender, and the services on top of them."""
    name = uuid.uuid4().hex
    secrets: SecretsManagerClient = emulator.session.client(
        "secretsmanager", endpoint_url=emulator.endpoint_url
    )
    arn = secrets.create_secret(Name=f"stripe-{name}", SecretString=payments.keys.to_secret())
    key_store = StripeKeyStore(secrets, arn["ARN"])
    account = StripeAccount(key_store, "premium-monthly", "pk_test_shop", payments.url)
    clock = Clock(time.time())
    users = create_users_table(emulator, f"users-{name}")
    store = SubscriptionStore(users, clock)
    queue = queues.create_queue(emulator)
    synchronizer = SubscriptionSynchronizer(
        account=account,
        store=store,
        notices=Notices(Queue(queue.sqs, queue.url), _mailer(emulator), SITE, account),
        grace_period=GracePeriod(GRACE_DAYS, clock),
        sleep=_no_sleep,
    )
    processed = ProcessedEvents(create_ephemeral_table(emulator, f"ephemeral-{name}"), clock)
    billing = BillingServices(
        account=account,
        checkout=Checkout(account, store, synchronizer),
        subscriptions=SubscriptionService(account, store, synchronizer),
        synchronizer=synchronizer,
        stripe_events=StripeEventHandler(account, store, synchronizer, processed),
        free_retention_seconds=1_800,
    )
    return Shop(billing, UserStore(users, clock), store, payments, queue, emulator, clock)


def _mailer(emulator: Emulator) -> Mailer:
    ses = emulator.session.client("sesv2", endpoint_url=emulator.endpoint_url)
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=SENDER)
    return Mailer(ses, SENDER)


def _no_sleep(_seconds: float) -> None:
    """Tests wait for nothing."""
