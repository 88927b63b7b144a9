"""The services about payments, connected."""

from dataclasses import dataclass
from typing import Self

from runtime.common import aws
from runtime.common.mail import Mailer
from runtime.common.queues import Queue
from runtime.common.subscriptions import SubscriptionStore
from runtime.contract.processes import WebConfig
from runtime.web.services.billing.checkout import Checkout
from runtime.web.services.billing.grace_period import GracePeriod
from runtime.web.services.billing.notices import Notices
from runtime.web.services.billing.stripe_account import StripeAccount
from runtime.web.services.billing.stripe_events import ProcessedEvents, StripeEventHandler
from runtime.web.services.billing.stripe_keys import StripeKeyStore
from runtime.web.services.billing.subscription_service import SubscriptionService
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer


@dataclass(frozen=True, kw_only=True)
class BillingServices:
    """What the pages about payments use.

    Attributes:
        free_retention_seconds: how long a Free user's result stays, for the comparison of plans.
    """

    account: StripeAccount
    checkout: Checkout
    subscriptions: SubscriptionService
    synchronizer: SubscriptionSynchronizer
    stripe_events: StripeEventHandler
    free_retention_seconds: int

    @classmethod
    def connect(cls, config: WebConfig) -> Self:
        """Create the services that `config` describes; Stripe is asked only when it's needed."""
        account = StripeAccount(
            StripeKeyStore(aws.client("secretsmanager"), config.stripe_secret_arn),
            plan=config.stripe_plan,
            publishable_key=config.stripe_publishable_key,
            url=config.stripe_url,
        )
        store = SubscriptionStore(aws.table(config.users_table))
        synchronizer = SubscriptionSynchronizer(
            account=account,
            store=store,
            notices=Notices(
                Queue(aws.client("sqs"), config.restore_requests_queue_url),
                Mailer(aws.client("sesv2"), config.mail_sender),
                config.site_url,
                account,
            ),
            grace_period=GracePeriod(config.stripe_grace_days),
        )
        return cls(
            account=account,
            checkout=Checkout(account, store, synchronizer),
            subscriptions=SubscriptionService(account, store, synchronizer),
            synchronizer=synchronizer,
            stripe_events=StripeEventHandler(
                account, store, synchronizer, ProcessedEvents(aws.table(config.ephemeral_table))
            ),
            free_retention_seconds=config.free_retention_seconds,
        )
