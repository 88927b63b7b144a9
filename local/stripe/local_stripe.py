"""Starts and stops the Stripe stand-in, and sets it up as one sets up an account at Stripe."""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from local.aws.account import Account
from local.aws.ec2.instance import free_port
from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder, search_path
from local.host.processes import SupervisedProcess, tail
from runtime.contract.site import STRIPE_WEBHOOK_PATH

MODULE = "local.stripe.local_stripe_process"

START_SECONDS = 60.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05
REQUEST_SECONDS = 30.0

PLAN = {
    "id": "premium-monthly",
    "amount": 900,
    "currency": "eur",
    "interval": "month",
    "product": {"name": "GAS Premium"},
}
"""The plan in stages/local.toml; the amount is in cents."""


@dataclass(frozen=True)
class Keys:
    """The secret keys of an account at Stripe: new with each start, and only in memory."""

    secret_key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(16)}")
    webhook_secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(16)}")

    def to_secret(self) -> str:
        """Return the value for the secret of the stacks, as docs/billing.md describes it."""
        return json.dumps({"secret_key": self.secret_key, "webhook_secret": self.webhook_secret})


class LocalStripe:
    """One account at Stripe. Its customers and subscriptions are kept for the next start.

    Args:
        folder: where its state and its log are.
        port: of 127.0.0.1, where it listens.
    """

    def __init__(self, folder: Folder, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.keys = Keys()
        self.log = folder.logs / "stripe.log"
        self._folder = folder
        self._port = port
        self._process: SupervisedProcess | None = None

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            LocalError: it ended, or it didn't answer in time.
        """
        self._process = SupervisedProcess(
            [sys.executable, "-m", MODULE, str(self._port), self._folder.stripe_file],
            env={
                "PATH": search_path(),
                "HOME": str(self._folder.home),
                "TMPDIR": str(self._folder.temporary),
                "PYTHONUNBUFFERED": "1",
            },
            cwd=REPOSITORY,
            log=self.log,
            grace_seconds=STOP_SECONDS,
        )
        self._wait_until_it_answers(self._process)

    def stop(self) -> None:
        """Stop. Does nothing if it wasn't started."""
        if self._process is not None:
            self._process.stop()

    def set_up(self, account: Account, *, secret_arn: str, site_url: str) -> None:
        """Create the plan, register the site's webhook, and store the keys in the site's secret.

        Raises:
            LocalError: the stand-in refused a request.
        """
        if not self._request("GET", f"/v1/plans/{PLAN['id']}").is_success:
            _accepted(self._request("POST", "/v1/plans", json=PLAN))
        webhook = {"url": site_url + STRIPE_WEBHOOK_PATH, "secret": self.keys.webhook_secret}
        _accepted(self._request("POST", "/_config/webhooks/site", json=webhook))
        account.client("secretsmanager").put_secret_value(
            SecretId=secret_arn, SecretString=self.keys.to_secret()
        )

    def end_period(self, subscription_id: str) -> None:
        """Move time to the end of a subscription's period: it is renewed and charged, or it ends.

        Tests call this, since they can't wait for a month.
        """
        path = f"/_config/subscriptions/{subscription_id}/end_period"
        _accepted(self._request("POST", path))

    def reach_cancel_at(self, subscription_id: str) -> None:
        """Move time to a subscription's `cancel_at`. Tests call this too."""
        path = f"/_config/subscriptions/{subscription_id}/reach_cancel_at"
        _accepted(self._request("POST", path))

    def _request(self, method: str, path: str, **options: object) -> httpx.Response:
        return httpx.request(
            method,
            self.url + path,
            headers={"Authorization": f"Bearer {self.keys.secret_key}"},
            timeout=REQUEST_SECONDS,
            **options,  # type: ignore[arg-type] # httpx has a type for each of them
        )

    def _wait_until_it_answers(self, process: SupervisedProcess) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.exit_code is not None:
                raise LocalError(
                    f"The Stripe stand-in ended while starting ({self.log}):\n{tail(self.log)}"
                )
            try:
                if self._request("GET", "/js.stripe.com/v3/").is_success:
                    return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)
        raise LocalError(f"The Stripe stand-in didn't answer at {self.url} ({self.log}).")


@contextmanager
def running_stripe(folder: Folder) -> Iterator[LocalStripe]:
    """Start on a free port, and stop at the end.

    Raises:
        LocalError: it didn't start.
    """
    stripe = LocalStripe(folder, free_port())
    try:
        stripe.start()
        yield stripe
    finally:
        stripe.stop()


def _accepted(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise LocalError(f"The Stripe stand-in refused {answer.url}: {answer.text}")
