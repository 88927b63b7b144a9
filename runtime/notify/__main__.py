"""The notify process: emails the owners of jobs that have ended."""

from runtime.common import aws
from runtime.common.jobs import EndedJobs
from runtime.common.mail import Mailer
from runtime.common.messages import JobResult
from runtime.common.process import start
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import UserStore
from runtime.common.worker import Worker
from runtime.contract.processes import NotifyConfig
from runtime.notify.handler import NotifyHandler


def main() -> None:
    """Run until SIGTERM."""
    config = start(NotifyConfig)
    handler = NotifyHandler(
        jobs=EndedJobs(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        mailer=Mailer(aws.client("sesv2"), config.mail_sender),
        retention=RetentionRule(config.free_retention_seconds),
        site_url=config.site_url,
    )
    Worker(
        sqs=aws.client("sqs"),
        queue_url=config.queue_url,
        parse=JobResult.from_body,
        handler=handler,
    ).run()


if __name__ == "__main__":
    main()
