"""Runs one of the three processes: `python -m runtime.retention archive`, `restore` or `thaw`."""

import argparse

from runtime.common import aws
from runtime.common.jobs import JobLists, ResultStates
from runtime.common.mail import Mailer
from runtime.common.messages import JobResult, parse_restore_request
from runtime.common.objects import Objects
from runtime.common.process import start
from runtime.common.queues import Queue
from runtime.common.restore_events import RestoreCompleted
from runtime.common.retention_rule import RetentionRule
from runtime.common.topics import Topic
from runtime.common.users import User, UserStore
from runtime.common.worker import Worker
from runtime.contract.processes import ArchiveConfig, RestoreConfig, ThawConfig
from runtime.contract.sqs import BATCH
from runtime.retention import emails
from runtime.retention.archive import ArchiveHandler
from runtime.retention.batch import RestoreBatch
from runtime.retention.bring_back import BringBackHandler
from runtime.retention.files import ResultFiles
from runtime.retention.requester import RestoreRequester
from runtime.retention.restore import RestoreHandler
from runtime.retention.retrieval import Retrieval
from runtime.retention.sweep import OverdueSweep
from runtime.retention.timer import RequeueNotDue, RetentionTimer


def archive() -> None:
    """Ended jobs in, results of Free users into the archive when due; until SIGTERM."""
    config = start(ArchiveConfig)
    sqs = aws.client("sqs")
    timer = RetentionTimer(Queue(sqs, config.queue_url))
    handler = ArchiveHandler(
        states=ResultStates(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        files=_files(config),
        storage_class=config.archive_storage_class,
        rule=RetentionRule(config.free_retention_seconds),
        timer=timer,
        restore_requests=Queue(sqs, config.restore_requests_queue_url),
        surplus_copies=Queue(sqs, config.surplus_copies_queue_url),
        moves=Topic(aws.client("sns"), config.result_moves_topic_arn),
    )
    Worker(
        sqs=sqs,
        queue_url=timer.queue.url,
        parse=JobResult.from_body,
        handler=handler,
        prefilter=RequeueNotDue(timer, config.free_retention_seconds),
        at_once=BATCH,
    ).run()


def restore() -> None:
    """Changes of plan in, requests to S3 and timers of retention out; until SIGTERM."""
    config = start(RestoreConfig)
    sqs = aws.client("sqs")
    states = ResultStates(aws.table(config.annotations_table))
    requests = Queue(sqs, config.queue_url)
    mailer = Mailer(aws.client("sesv2"), config.mail_sender)

    def tell_restored(user: User) -> None:
        mailer.send(to=user.email, email=emails.restored(user, site_url=config.site_url))

    def tell_free(user: User, due: int) -> None:
        mailer.send(to=user.email, email=emails.free_again(user, due, site_url=config.site_url))

    handler = RestoreHandler(
        jobs=JobLists(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        requester=RestoreRequester(
            states=states,
            retrieval=Retrieval(aws.client("s3"), config.archive_bucket, config.restore_tier),
            completed=Queue(sqs, config.restore_completed_queue_url),
        ),
        batch=RestoreBatch(aws.table(config.ephemeral_table)),
        rule=RetentionRule(config.free_retention_seconds),
        requests=requests,
        timer=RetentionTimer(Queue(sqs, config.job_results_archive_queue_url)),
        tell_restored=tell_restored,
        tell_free=tell_free,
    )
    Worker(
        sqs=sqs,
        queue_url=requests.url,
        parse=parse_restore_request,
        handler=handler,
        between_polls=OverdueSweep(states=states, requests=requests),
        at_once=BATCH,
    ).run()


def thaw() -> None:
    """Objects that S3 has restored in, results back where they were; until SIGTERM."""
    config = start(ThawConfig)
    sqs = aws.client("sqs")
    handler = BringBackHandler(
        states=ResultStates(aws.table(config.annotations_table)),
        users=UserStore(aws.table(config.users_table)),
        retrieval=Retrieval(aws.client("s3"), config.archive_bucket, config.restore_tier),
        files=_files(config),
        rule=RetentionRule(config.free_retention_seconds),
        timer=RetentionTimer(Queue(sqs, config.job_results_archive_queue_url)),
        surplus_copies=Queue(sqs, config.surplus_copies_queue_url),
        moves=Topic(aws.client("sns"), config.result_moves_topic_arn),
    )
    Worker(
        sqs=sqs,
        queue_url=config.queue_url,
        parse=RestoreCompleted.from_body,
        handler=handler,
        at_once=BATCH,
    ).run()


def _files(config: ArchiveConfig | ThawConfig) -> ResultFiles:
    return ResultFiles(Objects(aws.client("s3")), config.results_bucket, config.archive_bucket)


PROCESSES = {"archive": archive, "restore": restore, "thaw": thaw}


def main() -> None:
    """Run the process that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m runtime.retention")
    parser.add_argument("process", choices=PROCESSES)
    PROCESSES[parser.parse_args().process]()


if __name__ == "__main__":
    main()
