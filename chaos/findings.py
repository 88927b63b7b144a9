"""What became of the jobs that lived through a fault: lost, wrong, tell-tale attempts, emails."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaos.fault import Struck
from chaos.people import Submitted
from chaos.target import Target
from local.aws.outbox import Mail
from runtime.common.job import Job
from runtime.common.jobs import MAX_ATTEMPTS
from runtime.contract.job_status import JobStatus

SLACK_SECONDS = 0.5
"""The longest between the sending of an email and the note about it, on a slow machine."""

DONE = "has been annotated"
ARCHIVED = "has been archived"


@dataclass(frozen=True)
class Findings:
    """What was found of one fault; `faults` has a sentence for each thing that is wrong.

    Attributes:
        twice: emails that came a second time, because the fault struck between the sending of the
            first and the note about it. SES takes no token that would make it send once.
    """

    name: str
    times: int
    at_work: int
    jobs: int
    completed: int
    lost: int
    wrong: int
    attempts: int
    missing: int
    twice: int
    faults: tuple[str, ...]


def find(
    name: str,
    struck: Struck,
    *,
    target: Target,
    undisturbed: Mapping[str, Mapping[str, str]],
    mails: Mapping[str, Sequence[Mail]],
) -> Findings:
    """Look at every job of a fault.

    Args:
        undisturbed: digests of the result of each input, from a run that nothing disturbed.
        mails: the emails about each job.
    """
    found = [(each, target.job(each.job_id)) for each in struck.jobs]
    ended = [(each, job) for each, job in found if job and job.job_status is JobStatus.COMPLETED]
    lost = [_lost(each, job) for each, job in found if (each, job) not in ended]
    wrong = _wrong(ended, target, undisturbed) + _kept(struck)
    attempts = max((job.attempts_used for _, job in found if job), default=0)
    missing, twice, too_many = _emails(struck, mails)
    over = [
        f"The job {job.job_id} had {job.attempts_used} attempts, more than {MAX_ATTEMPTS}."
        for _, job in found
        if job and job.attempts_used > MAX_ATTEMPTS
    ]
    idle = [] if struck.at_work else [f"{name}: no work was going on when it struck."]
    return Findings(
        name=name,
        times=struck.times,
        at_work=struck.at_work,
        jobs=len(struck.jobs),
        completed=len(ended),
        lost=len(lost),
        wrong=len(wrong),
        attempts=attempts,
        missing=len(missing),
        twice=twice,
        faults=(*lost, *wrong, *over, *missing, *too_many, *idle),
    )


def mails_by_job(mails: Iterable[Mail], job_ids: Collection[str]) -> dict[str, list[Mail]]:
    """The emails about each of these jobs: their text has the address of its page."""
    found: dict[str, list[Mail]] = defaultdict(list)
    for mail in mails:
        for job_id in job_ids:
            if f"/jobs/{job_id}" in mail.text:
                found[job_id].append(mail)
    return found


def _lost(submitted: Submitted, job: Job | None) -> str:
    if job is None:
        return f"The job {submitted.job_id} is gone."
    reason = f": {job.error}" if job.error else ""
    return f"The job {job.job_id} is {job.job_status} after {job.attempt} attempts{reason}"


def _wrong(
    ended: Sequence[tuple[Submitted, Job]],
    target: Target,
    undisturbed: Mapping[str, Mapping[str, str]],
) -> list[str]:
    return [
        f"The result of job {job.job_id} ({submitted.file}) isn't that of an undisturbed run: "
        f"{', '.join(differing)}."
        for submitted, job in ended
        if (differing := _differing(target.digests(job), undisturbed[submitted.file]))
    ]


def _differing(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    return [name for name in wanted if found.get(name) != wanted[name]]


def _kept(struck: Struck) -> list[str]:
    return [
        f"The result of job {job_id} was due for the archive, and wasn't archived."
        for job_id in sorted(struck.kept)
    ]


def _emails(
    struck: Struck, mails: Mapping[str, Sequence[Mail]]
) -> tuple[list[str], int, list[str]]:
    """Sentences about those that are missing, how many came twice by the fault, and the others."""
    missing, twice, too_many = [], 0, []
    for job in struck.jobs:
        wanted = {DONE, ARCHIVED} if job.job_id in struck.archived else {DONE}
        of_job = mails.get(job.job_id, ())
        counted = Counter(mail.subject for mail in of_job)
        missing += [
            f'No email says that job {job.job_id} "{what}".'
            for what in sorted(wanted)
            if not any(what in subject for subject in counted)
        ]
        for subject, count in counted.items():
            same = [mail for mail in of_job if mail.subject == subject]
            cut_off = sum(_cut_off(mail, struck.moments) for mail in same)
            twice += min(cut_off, count - 1)
            if count - 1 > cut_off:
                too_many.append(f"The email {subject!r} about job {job.job_id} came {count} times.")
    return missing, twice, too_many


def _cut_off(mail: Mail, moments: Iterable[tuple[float, float]]) -> bool:
    """Whether a fault struck just after an email was sent, so that it may not have been noted."""
    sent = mail.sent_at.timestamp()
    return any(begin - SLACK_SECONDS <= sent <= end for begin, end in moments)
