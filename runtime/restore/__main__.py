"""The restore process: changes of plan in, requests to S3 and timers of retention out."""

from runtime.common import aws
from runtime.common.config import RestoreConfig
from runtime.common.jobs import JobStore
from runtime.common.mail import Mailer
from runtime.common.messages import PlanChange
from runtime.common.process import start
from runtime.common.queues import BATCH, Queue
from runtime.common.result_states import ResultStates
from runtime.common.retention import Retention
from runtime.common.users import User, UserStore
from runtime.common.worker import Worker
from runtime.restore.asking import Asking
from runtime.restore.handler import RestoreHandler
from runtime.restore.letters import free_again, restored
from runtime.restore.retrieval import Retrieval
from runtime.restore.rounds import Rounds
from runtime.restore.sweep import OverdueSweep


def main() -> None:
    """Run until SIGTERM."""
    config = start("restore", RestoreConfig)
    sqs = aws.client("sqs")
    states = ResultStates(aws.table(config.annotations_table))
    requests = Queue(sqs, config.restore_requests_queue_url)
    mailer = Mailer(aws.client("sesv2"), config.mail_sender)

    def tell_restored(user: User) -> None:
        mailer.send(to=user.email, letter=restored(user, site_url=config.site_url))

    def tell_free(user: User, due: int) -> None:
        mailer.send(to=user.email, letter=free_again(user, due, site_url=config.site_url))

    handler = RestoreHandler(
        jobs=JobStore(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        asking=Asking(
            states=states,
            retrieval=Retrieval(aws.client("s3"), config.archive_bucket, config.restore_tier),
            completed=Queue(sqs, config.restore_completed_queue_url),
        ),
        rounds=Rounds(aws.table(config.ephemeral_table)),
        retention=Retention(config.free_retention_seconds),
        requests=requests,
        archive_queue=Queue(sqs, config.job_results_archive_queue_url),
        tell_restored=tell_restored,
        tell_free=tell_free,
    )
    Worker(
        sqs=sqs,
        queue_url=requests.url,
        model=PlanChange,
        handler=handler,
        between_polls=OverdueSweep(states=states, requests=requests),
        at_once=BATCH,
    ).run()


if __name__ == "__main__":
    main()
