"""The removal process: deletes what removal messages name."""

from runtime.common import aws
from runtime.common.jobs import Removals
from runtime.common.mail import Mailer
from runtime.common.messages import Removal
from runtime.common.owned_items import OwnedItems
from runtime.common.process import start
from runtime.common.queues import Queue
from runtime.common.users import UserStore
from runtime.common.worker import Worker
from runtime.contract.processes import RemovalConfig
from runtime.removal.account_erasure import AccountErasure
from runtime.removal.handler import RemovalHandler
from runtime.removal.user_files import UserFiles


def main() -> None:
    """Run until SIGTERM."""
    config = start(RemovalConfig)
    owned_items = OwnedItems(aws.table(config.owned_items_table))
    users = aws.table(config.users_table)
    handler = RemovalHandler(
        jobs=Removals(aws.table(config.annotations_table)),
        owned_items=owned_items,
        files=UserFiles(
            s3=aws.client("s3"),
            inputs=config.inputs_bucket,
            results=config.results_bucket,
            archive=config.archive_bucket,
        ),
        removals=Queue(aws.client("sqs"), config.queue_url),
        erasure=AccountErasure(
            users=UserStore(users),
            users_table=users,
            owned_items=owned_items,
            mailer=Mailer(aws.client("sesv2"), config.mail_sender),
            site_url=config.site_url,
        ),
    )
    Worker(
        sqs=aws.client("sqs"),
        queue_url=config.queue_url,
        parse=Removal.from_body,
        handler=handler,
    ).run()


if __name__ == "__main__":
    main()
