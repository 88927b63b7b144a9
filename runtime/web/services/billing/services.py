"""All that is about payments, connected."""

from dataclasses import dataclass
from typing import Self

from runtime.common import aws
from runtime.common.mail import Mailer
from runtime.common.queues import Queue
from runtime.common.subscriptions import SubscriptionStore
from runtime.contract.processes import WebConfig
from runtime.web.services.billing.account import StripeAccount
from runtime.web.services.billing.checkout import Checkout
from runtime.web.services.billing.grace import Grace
from runtime.web.services.billing.keys import KeyRing
from runtime.web.services.billing.managing import Subscriptions
from runtime.web.services.billing.notices import Notices
from runtime.web.services.billing.settling import Settlement
from runtime.web.services.billing.webhooks import ProcessedEvents, Webhooks


@dataclass(frozen=True, kw_only=True)
class Billing:
    """What the pages about payments stand on.

    Attributes:
        free_retention_seconds: how long a Free user's result stays, which the page compares.
    """

    account: StripeAccount
    checkout: Checkout
    subscriptions: Subscriptions
    settlement: Settlement
    webhooks: Webhooks
    free_retention_seconds: int

    @classmethod
    def connect(cls, config: WebConfig) -> Self:
        """Make the services that `config` describes; Stripe is asked when it's needed."""
        account = StripeAccount(
            KeyRing(aws.client("secretsmanager"), config.stripe_secret_arn),
            plan=config.stripe_plan,
            publishable_key=config.stripe_publishable_key,
            url=config.stripe_url,
        )
        store = SubscriptionStore(aws.table(config.users_table))
        settlement = Settlement(
            account=account,
            store=store,
            notices=Notices(
                Queue(aws.client("sqs"), config.restore_requests_queue_url),
                Mailer(aws.client("sesv2"), config.mail_sender),
                config.site_url,
            ),
            grace=Grace(config.stripe_grace_days),
        )
        return cls(
            account=account,
            checkout=Checkout(account, store, settlement),
            subscriptions=Subscriptions(account, store, settlement),
            settlement=settlement,
            webhooks=Webhooks(
                account, store, settlement, ProcessedEvents(aws.table(config.ephemeral_table))
            ),
            free_retention_seconds=config.free_retention_seconds,
        )
