"""What an owner is told of a job, and whether that is still to be told."""

from dataclasses import dataclass

from runtime.common.job import Job, ResultState
from runtime.common.mail_choices import MailKind
from runtime.common.users import Role, User


@dataclass(frozen=True)
class JobFact:
    """What happened to a job, as it stands now."""

    kind: MailKind
    job: Job


def is_untold(kind: MailKind, at: int, job: Job, user: User) -> bool:
    """Whether the owner is still to be told: it is true, and no email has said it.

    Args:
        at: when it happened, in epoch seconds. A result may have moved on since.
    """
    if kind is MailKind.ENDED:
        return job.ended and not job.cancelled and job.notify_time is None
    if kind is MailKind.ARCHIVED:
        archived = job.result_state is ResultState.ARCHIVED and job.archive_time == at
        # Of a Premium user it is being restored.
        return archived and job.archived_mail_time is None and user.role is Role.FREE_USER
    restored = job.result_state is ResultState.AVAILABLE and job.restore_time == at
    return restored and job.restored_mail_time is None and user.role is Role.PREMIUM_USER
