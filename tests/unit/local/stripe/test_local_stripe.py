"""The Stripe stand-in, tested with Stripe's own client: what localstripe alone doesn't do."""

import json
import queue
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from local.aws.account import Account
from local.host.folder import Folder
from local.stripe.local_stripe import PLAN, LocalStripe, running_stripe
from tests.cards import DECLINED, REQUEST_SECONDS
from tests.emulator import Emulator

PATIENCE_SECONDS = 120.0


@dataclass
class Endpoint:
    """Takes events as the site does, after refusing the first `refusals` tries."""

    server: HTTPServer
    events: "queue.Queue[stripe.Event]" = field(default_factory=queue.Queue)
    refusals: int = 0

    def wait_for(self, kind: str) -> stripe.Event:
        while True:
            event = self.events.get(timeout=PATIENCE_SECONDS)
            if event.type == kind:
                return event


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root = tmp_path_factory.mktemp("payments")
    folder = Folder(root=root, cache=root / "cache")
    folder.make()
    return folder


@pytest.fixture(scope="module")
def payments(folder: Folder) -> Iterator[LocalStripe]:
    with running_stripe(folder) as started:
        yield started


@pytest.fixture(scope="module")
def endpoint(payments: LocalStripe) -> Iterator[Endpoint]:
    """What listens where the site would."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if site.refusals > 0:
                site.refusals -= 1
                self.send_error(503)
                return
            event = stripe.Webhook.construct_event(
                body, self.headers["Stripe-Signature"], payments.keys.webhook_secret
            )
            site.events.put(event)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    site = Endpoint(HTTPServer(("127.0.0.1", 0), Handler))
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture(scope="module")
def secret_arn(emulator: Emulator, payments: LocalStripe, endpoint: Endpoint) -> str:
    """The secret of an account that has been set up, twice as two runs do."""
    account = Account(emulator.endpoint_url)
    secrets = account.client("secretsmanager")
    arn = secrets.create_secret(Name=f"stripe-{uuid.uuid4()}")["ARN"]
    site = f"http://127.0.0.1:{endpoint.server.server_port}"
    for _ in range(2):
        payments.set_up(account, secret_arn=arn, site_url=site)
    return arn


@pytest.fixture
def client(payments: LocalStripe, secret_arn: str) -> stripe.StripeClient:
    return client_of(payments)


def client_of(payments: LocalStripe) -> stripe.StripeClient:
    return stripe.StripeClient(
        payments.keys.secret_key,
        base_addresses={"api": payments.url},
        http_client=stripe.RequestsClient(timeout=REQUEST_SECONDS),
    )


def set_up_card(client: stripe.StripeClient, customer: str, number: str) -> httpx.Response:
    """Confirm a card, as Stripe's script does from a page."""
    intent = client.v1.setup_intents.create({"customer": customer})
    card = {"number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123"}
    return httpx.post(
        f"{client._requestor.base_addresses['api']}/v1/setup_intents/{intent.id}/confirm",
        json={
            "key": "pk_test_1",
            "client_secret": intent.client_secret,
            "payment_method_data": {"type": "card", "card": card},
        },
        timeout=REQUEST_SECONDS,
    )


def customer_with_card(client: stripe.StripeClient, number: str) -> str:
    customer = client.v1.customers.create({"email": "ada@example.org"})
    answer = set_up_card(client, customer.id, number).raise_for_status()
    method = answer.json()["payment_method"]
    assert client.v1.payment_methods.retrieve(method).customer == customer.id
    client.v1.customers.update(
        customer.id, {"invoice_settings": {"default_payment_method": method}}
    )
    return customer.id


def subscribe(
    client: stripe.StripeClient, customer: str, key: str | None = None
) -> stripe.Subscription:
    return client.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": "premium-monthly"}]},
        {"idempotency_key": key or str(uuid.uuid4())},
    )


def test_should_hold_the_keys_and_the_plan_when_it_is_set_up(
    emulator: Emulator, payments: LocalStripe, client: stripe.StripeClient, secret_arn: str
) -> None:
    secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
    value = json.loads(secrets.get_secret_value(SecretId=secret_arn)["SecretString"])
    assert value == {
        "secret_key": payments.keys.secret_key,
        "webhook_secret": payments.keys.webhook_secret,
    }
    price = client.v1.prices.retrieve("premium-monthly")
    assert (price.unit_amount, price.currency) == (PLAN["amount"], PLAN["currency"])
    assert price.recurring
    assert (price.recurring.interval, price.recurring.interval_count) == (PLAN["interval"], 1)


def test_should_make_one_object_when_a_key_is_used_twice(client: stripe.StripeClient) -> None:
    key = str(uuid.uuid4())
    customer = customer_with_card(client, "4242424242424242")
    first = subscribe(client, customer, key)
    assert subscribe(client, customer, key).id == first.id
    assert len(client.v1.subscriptions.list({"customer": customer}).data) == 1
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": key})


def test_should_name_period_and_payment_when_a_subscription_is_paid(
    client: stripe.StripeClient,
) -> None:
    subscription = subscribe(client, customer_with_card(client, "4242424242424242"))
    [item] = subscription["items"]["data"]
    assert subscription.status == "active"
    assert item["current_period_end"] > item["current_period_start"]
    invoice = client.v1.invoices.retrieve(
        str(subscription.latest_invoice), {"expand": ["payments.data.payment.payment_intent"]}
    )
    assert invoice.payments
    [payment] = invoice.payments.data
    assert payment.payment.payment_intent.status == "succeeded"  # type: ignore[union-attr]
    assert invoice.hosted_invoice_url
    page = httpx.get(invoice.hosted_invoice_url, timeout=REQUEST_SECONDS)
    assert page.is_success
    assert "9.00 EUR, paid" in page.text


def test_should_announce_until_it_is_heard_when_a_subscription_changes(
    client: stripe.StripeClient, endpoint: Endpoint
) -> None:
    endpoint.refusals = 1
    subscription = subscribe(client, customer_with_card(client, "4242424242424242"))
    endpoint.wait_for("customer.subscription.created")
    client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    event = endpoint.wait_for("customer.subscription.updated")
    while not event.data.object["cancel_at_period_end"]:
        event = endpoint.wait_for("customer.subscription.updated")


def test_should_be_past_due_and_refuse_when_a_renewal_fails(
    client: stripe.StripeClient, payments: LocalStripe, endpoint: Endpoint
) -> None:
    customer = customer_with_card(client, "4242424242424242")
    subscription = subscribe(client, customer)
    failing = customer_with_card(client, "4000000000000341")
    method = client.v1.customers.retrieve(failing).invoice_settings["default_payment_method"]  # type: ignore[index]
    client.v1.customers.update(
        customer, {"invoice_settings": {"default_payment_method": str(method)}}
    )
    payments.end_period(subscription.id)
    renewed = client.v1.subscriptions.retrieve(subscription.id)
    assert renewed.status == "past_due"
    assert renewed["items"]["data"][0]["current_period_start"] > renewed.created
    endpoint.wait_for("invoice.payment_failed")
    with pytest.raises(stripe.CardError, match="declined"):
        client.v1.invoices.pay(str(renewed.latest_invoice))


def test_should_end_when_the_period_of_a_cancelled_subscription_ends(
    client: stripe.StripeClient, payments: LocalStripe, endpoint: Endpoint
) -> None:
    subscription = subscribe(client, customer_with_card(client, "4242424242424242"))
    client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    payments.end_period(subscription.id)
    assert client.v1.subscriptions.retrieve(subscription.id).status == "canceled"
    endpoint.wait_for("customer.subscription.deleted")


def test_should_say_that_it_is_the_card_when_one_is_declined(client: stripe.StripeClient) -> None:
    answer = set_up_card(client, client.v1.customers.create({}).id, DECLINED)
    assert answer.status_code == 402
    assert answer.json()["error"]["type"] == "card_error"


def test_should_remember_customer_and_subscription_when_the_customer_is_deleted(
    client: stripe.StripeClient, endpoint: Endpoint
) -> None:
    customer = customer_with_card(client, "4242424242424242")
    subscription = subscribe(client, customer)
    client.v1.customers.delete(customer)
    endpoint.wait_for("customer.subscription.deleted")
    assert client.v1.customers.retrieve(customer).to_dict() == {
        "id": customer,
        "object": "customer",
        "deleted": True,
    }
    assert client.v1.subscriptions.list({"customer": customer}).data == []
    [ended] = client.v1.subscriptions.list({"customer": customer, "status": "all"}).data
    assert (ended.id, ended.status) == (subscription.id, "canceled")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.setup_intents.create({"customer": customer})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.delete(customer)


def test_should_know_its_customers_when_it_is_started_again(tmp_path: Path) -> None:
    folder = Folder(root=tmp_path / "gas", cache=tmp_path / "cache")
    folder.make()
    with running_stripe(folder) as first:
        customer = client_of(first).v1.customers.create({"email": "ada@example.org"})
    with running_stripe(folder) as second:
        assert client_of(second).v1.customers.retrieve(customer.id).email == "ada@example.org"
