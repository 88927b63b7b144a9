"""What is said of jobs that lived through a fault, each thing that can be wrong by itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from chaos.fault import Struck
from chaos.findings import Findings, find, mails_by_job
from chaos.people import Submitted
from chaos.target import Target
from local.aws.outbox import Mail
from runtime.common.job import Job
from runtime.contract.job_status import JobStatus
from tests.unit.examples import JOB

JOB_ID = "00000000-0000-4000-8000-000000000001"
GOOD = {"vcf": "1", "index": "2", "parquet": "3"}


def job(**changes: Any) -> Job:
    """A job that all went well with."""
    return JOB.model_copy(update={"job_id": JOB_ID, "attempt": 1, **changes})


@dataclass
class Platform:
    """What the findings read of a platform."""

    found: Job | None
    result: dict[str, str] = field(default_factory=lambda: dict(GOOD))

    def job(self, job_id: str) -> Job | None:
        return self.found

    def digests(self, job: Job) -> dict[str, str]:
        return self.result


def mail(subject: str, at: float = 1_000.0) -> Mail:
    return Mail(
        sender="gas@example.org",
        to=("somebody@example.org",),
        subject=subject,
        text=f"see http://site/jobs/{JOB_ID}\n",
        html="",
        sent_at=datetime.fromtimestamp(at, UTC),
    )


DONE = mail("trio.vcf has been annotated")


def look(
    platform: Platform,
    *mails: Mail,
    archived: bool = False,
    kept: bool = False,
    moments: list[tuple[float, float]] | None = None,
    at_work: int = 1,
) -> Findings:
    struck = Struck(
        times=1,
        at_work=at_work,
        jobs=[Submitted(JOB_ID, "u", "trio.vcf", "ticket")],
        archived={JOB_ID} if archived else set(),
        kept={JOB_ID} if kept else set(),
        moments=moments or [],
    )
    return find(
        "kills",
        struck,
        target=cast(Target, platform),
        undisturbed={"trio.vcf": GOOD},
        mails=mails_by_job(mails, {JOB_ID}),
    )


def test_should_find_nothing_wrong_when_a_job_came_through() -> None:
    found = look(Platform(job()), DONE)
    assert found.faults == ()
    assert (found.completed, found.lost, found.wrong, found.missing, found.twice) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (None, "is gone"),
        (job(job_status=JobStatus.PENDING), "is PENDING after 1 attempts"),
        (job(job_status=JobStatus.FAILED, error="It broke."), "is FAILED after 1 attempts: It"),
    ],
)
def test_should_count_a_job_as_lost_when_it_did_not_complete(left: Job | None, says: str) -> None:
    found = look(Platform(left), DONE)
    assert found.lost == 1
    assert says in found.faults[0]


@pytest.mark.parametrize("name", sorted(GOOD))
def test_should_count_a_result_as_wrong_when_one_of_its_files_differs(name: str) -> None:
    found = look(Platform(job(), result={**GOOD, name: "other"}), DONE)
    assert found.wrong == 1
    assert f"isn't that of an undisturbed run: {name}." in found.faults[0]


def test_should_say_so_when_a_due_result_was_not_archived() -> None:
    told = mail("The result of trio.vcf has been archived")
    assert look(Platform(job()), DONE, told, archived=True).faults == ()
    found = look(Platform(job()), DONE, told, archived=True, kept=True)
    assert found.wrong == 1
    assert "wasn't archived" in found.faults[0]


def test_should_count_attempts_without_interrupted_ones_when_they_are_too_many() -> None:
    assert look(Platform(job(attempt=4, interruptions=1)), DONE).faults == ()
    over = look(Platform(job(attempt=4)), DONE)
    assert over.attempts == 4
    assert "had 4 attempts, more than 3" in over.faults[0]


def test_should_miss_each_email_when_it_never_came() -> None:
    assert look(Platform(job())).missing == 1
    assert look(Platform(job()), DONE, archived=True).missing == 1


def test_should_blame_the_service_when_an_email_came_twice_without_a_kill() -> None:
    again = mail(DONE.subject, at=1_060.0)
    found = look(Platform(job()), DONE, again, moments=[(1_010.0, 1_010.1)])
    assert found.twice == 0
    assert "came 2 times" in found.faults[0]


def test_should_only_count_it_when_a_kill_cut_off_the_note_about_an_email() -> None:
    again = mail(DONE.subject, at=1_060.0)
    found = look(Platform(job()), DONE, again, moments=[(1_000.01, 1_000.1)])
    assert (found.twice, found.faults) == (1, ())


def test_should_say_so_when_nothing_was_at_work_as_it_struck() -> None:
    assert "no work was going on" in look(Platform(job()), DONE, at_work=0).faults[0]
