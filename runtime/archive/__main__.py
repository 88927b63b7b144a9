"""The archive process: ended jobs in, results of Free users into the archive when due."""

from runtime.archive.files import ResultFiles
from runtime.archive.handler import ArchiveHandler
from runtime.archive.letters import archived
from runtime.archive.timer import Timer
from runtime.common import aws
from runtime.common.config import ArchiveConfig
from runtime.common.job import Job
from runtime.common.jobs import JobStore
from runtime.common.mail import Mailer
from runtime.common.messages import JobResult
from runtime.common.objects import Objects
from runtime.common.process import start
from runtime.common.queues import BATCH, Queue
from runtime.common.result_states import ResultStates
from runtime.common.retention import Retention
from runtime.common.users import User, UserStore
from runtime.common.worker import Worker


def main() -> None:
    """Run until SIGTERM."""
    config = start("archive", ArchiveConfig)
    sqs = aws.client("sqs")
    queue = Queue(sqs, config.job_results_archive_queue_url)
    mailer = Mailer(aws.client("sesv2"), config.mail_sender)

    def tell(job: Job, owner: User) -> None:
        mailer.send(to=owner.email, letter=archived(job, owner, site_url=config.site_url))

    handler = ArchiveHandler(
        jobs=JobStore(aws.table(config.annotations_table)),
        states=ResultStates(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        files=ResultFiles(
            objects=Objects(aws.client("s3")),
            results_bucket=config.results_bucket,
            archive_bucket=config.archive_bucket,
            storage_class=config.archive_storage_class,
        ),
        retention=Retention(config.free_retention_seconds),
        queue=queue,
        restore_requests=Queue(sqs, config.restore_requests_queue_url),
        tell=tell,
    )
    Worker(
        sqs=sqs,
        queue_url=queue.url,
        model=JobResult,
        handler=handler,
        sieve=Timer(queue, config.free_retention_seconds),
        at_once=BATCH,
    ).run()


if __name__ == "__main__":
    main()
