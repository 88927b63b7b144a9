"""What stands for Stripe, started once, and a shop with tables of its own for each test."""

from collections.abc import Iterator

import pytest

from local.account import Account
from local.folder import Folder
from local.payments.payments import Payments, running_payments
from tests.emulator import Emulator
from tests.unit.web.billing.shop import Shop, create_shop

NOWHERE = "http://127.0.0.1:9"
"""Events go there: tests send those that they need themselves, in the order that they need."""


@pytest.fixture(scope="session")
def payments(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Payments]:
    root = tmp_path_factory.mktemp("stripe")
    folder = Folder(root=root, cache=root / "cache")
    folder.make()
    account = Account(emulator.endpoint_url)
    with running_payments(folder) as started:
        arn = account.client("secretsmanager").create_secret(Name="stripe-of-all-shops")["ARN"]
        started.set_up(account, secret_arn=arn, site_url=NOWHERE)
        yield started


@pytest.fixture
def shop(emulator: Emulator, payments: Payments) -> Shop:
    return create_shop(emulator, payments)
