"""The notify process: emails the owners of jobs."""

from runtime.common import aws
from runtime.common.jobs import OwnerMails
from runtime.common.mail import Mailer
from runtime.common.messages import parse_notify_message
from runtime.common.owned_items import OwnedItems
from runtime.common.process import start
from runtime.common.queues import Queue
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import UserStore
from runtime.common.worker import Worker
from runtime.contract.processes import NotifyConfig
from runtime.notify.digests import Digests
from runtime.notify.emails import JobMails
from runtime.notify.handler import NotifyHandler
from runtime.notify.pending import PendingMails


def main() -> None:
    """Run until SIGTERM."""
    config = start(NotifyConfig)
    queue = Queue(aws.client("sqs"), config.queue_url)
    jobs = OwnerMails(aws.table(config.annotations_table))
    users = UserStore(aws.table(config.users_table))
    mails = JobMails(
        Mailer(aws.client("sesv2"), config.mail_sender),
        RetentionRule(config.free_retention_seconds),
        config.site_url,
    )
    owned_items = OwnedItems(aws.table(config.owned_items_table))
    digests = Digests(
        jobs=jobs,
        users=users,
        mails=mails,
        pending=PendingMails(owned_items, config.digest_seconds),
        queue=queue,
    )
    Worker(
        sqs=queue.sqs,
        queue_url=queue.url,
        parse=parse_notify_message,
        handler=NotifyHandler(jobs=jobs, users=users, mails=mails, digests=digests),
    ).run()


if __name__ == "__main__":
    main()
