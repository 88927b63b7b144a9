"""Stripe's keys: filled in by people, after the deployment, and rolled now and then."""

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from runtime.web.services.billing.billing_errors import NotConfigured
from runtime.web.services.billing.stripe_keys import StripeKeyStore
from runtime.web.services.fresh_secret import FRESH_SECONDS
from tests.emulator import Emulator
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

GOOD = {"secret_key": "sk_live_1", "webhook_secret": "whsec_1"}
ROLLED = {"secret_key": "rk_live_2", "webhook_secret": "whsec_2"}


@pytest.fixture
def secrets(emulator: Emulator) -> "SecretsManagerClient":
    return emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)


def make(secrets: "SecretsManagerClient", value: str | None) -> StripeKeyStore:
    given = {} if value is None else {"SecretString": value}
    arn = secrets.create_secret(Name=uuid.uuid4().hex, **given)["ARN"]  # type: ignore[arg-type]
    return StripeKeyStore(secrets, arn, Clock())


def test_should_read_both_when_they_are_filled_in(secrets: "SecretsManagerClient") -> None:
    keys = make(secrets, json.dumps(GOOD)).keys()
    assert (keys.secret_key, keys.webhook_secret) == ("sk_live_1", "whsec_1")
    assert "sk_live" not in repr(keys)


@pytest.mark.parametrize(
    "value",
    [
        None,
        " ",
        "sk_live_1",
        "{}",
        json.dumps(GOOD | {"secret_key": "pk_live_1"}),
        json.dumps(GOOD | {"webhook_secret": ""}),
        json.dumps(GOOD | {"other": "x"}),
    ],
)
def test_should_say_that_payments_are_not_set_up_when_the_value_is_none(
    secrets: "SecretsManagerClient", value: str | None
) -> None:
    ring = make(secrets, value)
    with capture_logs() as logs, pytest.raises(NotConfigured, match="aren't possible at"):
        ring.keys()
    assert "live" not in json.dumps(logs)


def test_should_take_up_new_keys_when_they_were_rolled(secrets: "SecretsManagerClient") -> None:
    arn = secrets.create_secret(Name=uuid.uuid4().hex, SecretString=json.dumps(GOOD))["ARN"]
    clock = Clock()
    ring = StripeKeyStore(secrets, arn, clock)
    ring.keys()
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(ROLLED))
    assert ring.keys().secret_key == "sk_live_1"
    clock.advance(FRESH_SECONDS + 1)
    assert ring.keys().secret_key == "rk_live_2"
