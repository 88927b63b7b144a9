"""What stands for Stripe, started once, and on top of it a shop for each test, and a site."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from local.aws.account import Account
from local.host.folder import Folder
from local.stripe.local_stripe import LocalStripe, running_stripe
from runtime.common.users import User
from runtime.web.services.billing import stripe_account
from tests.cards import REQUEST_SECONDS
from tests.emulator import Emulator
from tests.unit.web.billing.shop import Shop, create_shop
from tests.unit.web.parts import create_parts
from tests.unit.web.rendered_pages import RenderedPages
from tests.unit.web.site import Browser, Site, environment_of

NOWHERE = "http://127.0.0.1:9"
"""Events go there: tests send those that they need themselves, in the order that they need."""


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A laptop under load may take longer to answer than a person at a page should wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe_account, "TIMEOUT_SECONDS", (REQUEST_SECONDS, REQUEST_SECONDS))
        yield


@pytest.fixture(scope="session")
def payments(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStripe]:
    root = tmp_path_factory.mktemp("stripe")
    folder = Folder(root=root, cache=root / "cache")
    folder.make()
    account = Account(emulator.endpoint_url)
    with running_stripe(folder) as started:
        arn = account.client("secretsmanager").create_secret(Name="stripe-of-all-shops")["ARN"]
        started.set_up(account, secret_arn=arn, site_url=NOWHERE)
        yield started


@pytest.fixture
def shop(emulator: Emulator, payments: LocalStripe) -> Shop:
    return create_shop(emulator, payments)


@pytest.fixture(scope="package")
def paying_site(
    emulator: Emulator,
    payments: LocalStripe,
    vendor: Path,
    files: Path,
    rendered_pages: RenderedPages,
) -> Site:
    """The web app, with a key to what stands for Stripe."""
    with environment_of(emulator):
        parts = create_parts(emulator, files)
        secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
        secrets.put_secret_value(
            SecretId=parts.config.stripe_secret_arn, SecretString=payments.keys.to_secret()
        )
        ses = emulator.session.client("sesv2", endpoint_url=emulator.endpoint_url)
        with suppress(ses.exceptions.AlreadyExistsException):
            ses.create_email_identity(EmailIdentity=parts.config.mail_sender)
        site = parts.connect(vendor, stripe_url=payments.url)
    rendered_pages.collect_from(site.app)
    return site


@pytest.fixture
def ada(paying_site: Site) -> User:
    return paying_site.user()


@pytest.fixture
def browser(paying_site: Site, ada: User) -> Browser:
    return paying_site.browser(ada)
