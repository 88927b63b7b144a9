"""The webhooks process: ends and moves of jobs in, requests to webhooks and events of a bus out."""

from functools import partial

from runtime.common import aws
from runtime.common.jobs import JobTable
from runtime.common.mail import Mailer
from runtime.common.messages import parse_webhook_message
from runtime.common.owned_items import OwnedItems
from runtime.common.process import start
from runtime.common.queues import Queue
from runtime.common.users import UserStore
from runtime.common.webhooks import Webhooks
from runtime.common.worker import Worker
from runtime.contract.processes import WebhooksConfig
from runtime.contract.sqs import BATCH
from runtime.webhooks.bus import Bus, no_bus
from runtime.webhooks.handler import WebhookHandler
from runtime.webhooks.post import post


def main() -> None:
    """Run until SIGTERM."""
    config = start(WebhooksConfig)
    sqs = aws.client("sqs")
    handler = WebhookHandler(
        jobs=JobTable(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        webhooks=Webhooks(OwnedItems(aws.table(config.owned_items_table))),
        queue=Queue(sqs, config.queue_url),
        publish=Bus(aws.client("events"), config.events_bus) if config.events_bus else no_bus,
        send=partial(post, any_address=config.webhooks_any_address),
        mailer=Mailer(aws.client("sesv2"), config.mail_sender),
        site_url=config.site_url,
    )
    Worker(
        sqs=sqs,
        queue_url=config.queue_url,
        parse=parse_webhook_message,
        handler=handler,
        at_once=BATCH,
    ).run()


if __name__ == "__main__":
    main()
