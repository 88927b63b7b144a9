"""What each worker process of the server runs: the app, and a thread that cleans up its disk."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask

from runtime.common import aws
from runtime.common.log import get_logger
from runtime.common.process import start
from runtime.contract.processes import WebConfig
from runtime.web.app import create_app
from runtime.web.extensions.assets import Assets
from runtime.web.extensions.prerendered_pages import render_again
from runtime.web.services.billing.billing_errors import BillingError
from runtime.web.services.registry import Services

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MIN_SECRET_LENGTH = 32
"""Characters. Even of hexadecimal digits that is 128 bits."""

CLEAN_UP_SECONDS = 60.0

EXAMPLE_SECONDS = 60.0
"""Until the example is tried again, where AWS refused it."""

PRICE_SECONDS = 600.0
"""Until Stripe is asked for the price again, where it didn't say."""

_log = get_logger(__name__)


class WeakSecret(Exception):
    """The secret is too short to sign anything with."""


def application() -> Flask:
    """Return the app as the environment describes it, connected to AWS."""
    config = start(WebConfig)
    secret = read_session_secret(aws.client("secretsmanager"), config.session_secret_arn)
    services = Services.connect(config, secret)
    start_clean_up(services.variants.clean_up, CLEAN_UP_SECONDS)
    app = create_app(config, secret=secret, services=services, assets=Assets())
    in_background("example", services.example.ensure, EXAMPLE_SECONDS, BotoCoreError, ClientError)
    in_background("price", partial(show_price, app, services), PRICE_SECONDS, BillingError)
    return app


def show_price(app: Flask, services: Services) -> None:
    """Ask Stripe what Premium costs, and have the pages for visitors say it.

    Raises:
        BillingError: Stripe doesn't say.
    """
    services.billing.account.price()
    render_again(app)


def read_session_secret(secretsmanager: "SecretsManagerClient", arn: str) -> str:
    """Return the secret that signs sessions and upload tickets: one for all instances.

    Raises:
        WeakSecret: it is shorter than MIN_SECRET_LENGTH characters, or binary.
    """
    secret = secretsmanager.get_secret_value(SecretId=arn).get("SecretString", "")
    if len(secret) < MIN_SECRET_LENGTH:
        raise WeakSecret(f"the session secret has less than {MIN_SECRET_LENGTH} characters: {arn}")
    return secret


def start_clean_up(clean_up: Callable[[], None], every_seconds: float) -> None:
    """Call `clean_up` again and again in a thread; an OSError is logged, and doesn't end it."""

    def run() -> None:
        pause = threading.Event()
        while True:
            try:
                clean_up()
            except OSError:
                _log.exception("the cache of results couldn't be cleaned up")
            pause.wait(every_seconds)

    threading.Thread(target=run, name="clean-up", daemon=True).start()


def in_background(
    name: str, act: Callable[[], None], every_seconds: float, *refusals: type[Exception]
) -> None:
    """Call `act` in a thread until it succeeds; a refusal is logged."""

    def run() -> None:
        pause = threading.Event()
        while True:
            try:
                return act()
            except refusals:
                _log.warning("this couldn't be done at the start", what=name, exc_info=True)
            pause.wait(every_seconds)

    threading.Thread(target=run, name=name, daemon=True).start()
