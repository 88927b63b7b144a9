"""The owner of a job hears of its end, once, in text and HTML."""

import pytest

from runtime.common.delivery import HandBack
from runtime.common.job import Job
from runtime.common.mail import Email, moment
from runtime.common.mail_choices import MailChoice, MailKind
from runtime.common.messages import JobResult
from runtime.common.users import Role, User
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.notify.emails import MOST_LISTED, digest_email, single_email
from runtime.notify.facts import JobFact
from tests.emulator import Emulator
from tests.unit.delivery import delivery
from tests.unit.examples import JOB, USER
from tests.unit.notify.world import SITE, World

FREE_SECONDS = 1_800
EACH = {kind.value: MailChoice.EACH.value for kind in MailKind}


def ended_email(job: Job, user: User, *, due: int | None) -> Email:
    return single_email([JobFact(MailKind.ENDED, job)], user, due=due, site_url=SITE)


@pytest.fixture
def world(emulator: Emulator) -> World:
    return World(emulator)


@pytest.fixture
def ada(world: World) -> User:
    """She wants an email for each job, and is on Free."""
    return world.user(name="Ada <3", role=Role.FREE_USER, mail_choices=EACH)


def test_should_send_one_mail_when_told_twice(world: World, ada: User) -> None:
    job = world.ended(ada, "trio.vcf")
    world.deliver(world.queued[0], keep=True)
    world.settle()
    [mail] = world.mails(ada)
    assert mail.subject == "trio.vcf has been annotated"
    due = moment((job.complete_time or 0) + FREE_SECONDS)
    assert f"On the Free plan this result will be archived on {due}" in mail.text


def test_should_send_one_mail_when_two_instances_are_told_at_once(world: World, ada: User) -> None:
    message = JobResult.of(world.ended(ada))

    def meanwhile() -> None:
        with pytest.raises(HandBack):
            world.handler(message, delivery())

    world.seam.at("before SendEmail", meanwhile)
    world.handler(message, delivery())
    assert len(world.mails(ada)) == 1


@pytest.mark.parametrize("choice", MailChoice)
def test_should_send_nothing_when_the_job_or_its_owner_is_gone(
    world: World, choice: MailChoice
) -> None:
    ada = world.user(mail_choices={MailKind.ENDED.value: choice.value})
    message = JobResult.of(world.ended(ada))
    world.users_table.delete_item(Key={"user_id": ada.user_id})
    world.handler(message, delivery())
    world.handler(message.model_copy(update={"job_id": "job-2"}), delivery())
    assert world.mails(ada) == []
    assert world.pending.all(ada.user_id) == []


@pytest.mark.parametrize("choice", MailChoice)
def test_should_send_nothing_when_the_owner_cancelled_or_removed_the_job(
    world: World, choice: MailChoice
) -> None:
    ada = world.user(mail_choices={MailKind.ENDED.value: choice.value})
    cancelled = world.cancelled(ada)
    world.settle()
    world.jobs.remove(cancelled.job_id, ada.user_id)
    world.handler(JobResult.of(cancelled), delivery())
    assert world.mails(ada) == []
    assert world.pending.all(ada.user_id) == []


def test_should_send_nothing_when_the_job_has_not_ended(world: World, ada: User) -> None:
    world.started(ada, "job-1")
    result = JobResult(job_id="job-1", user_id=ada.user_id, job_status="COMPLETED", complete_time=1)
    world.handler(result, delivery())
    assert world.mails(ada) == []


def test_should_list_failed_jobs_first_and_count_the_others_when_there_are_many() -> None:
    done = JOB.model_copy(update={"input_file_name": "a <b>.vcf"})
    failed = done.model_copy(
        update={"job_id": "f", "job_status": JobStatus.FAILED, "error": "POS <x> is no number."}
    )
    jobs = [done.model_copy(update={"job_id": f"d{n}"}) for n in range(MOST_LISTED + 4)]
    facts = [JobFact(MailKind.ENDED, job) for job in (*jobs, failed)]
    email = digest_email(facts, USER, due=1_800_000_000, site_url=SITE)
    assert email.subject == f"Your jobs: 1 could not be annotated, {MOST_LISTED + 4} annotated"
    assert email.text.index("POS <x> is no number.") < email.text.index("/jobs/d0")
    assert "a &lt;b&gt;.vcf" in email.html
    assert "POS &lt;x&gt; is no number." in email.html
    for form in (email.text, email.html):
        assert form.count(f"{SITE}/jobs/d") == MOST_LISTED - 1
        assert "5 more" in form
        assert "15 January 2027, 08:00 UTC" in form
        assert f"{SITE}/profile#mails" in form


def test_should_say_where_the_result_is_when_completed(world: World, ada: User) -> None:
    job = world.ended(ada)
    email = ended_email(job, ada, due=1_800_000_000)
    assert email.subject == "x.vcf has been annotated"
    for form in (email.text, email.html):
        assert f"{SITE}/jobs/{job.job_id}" in form
        assert "15 January 2027, 08:00 UTC" in form
        assert f"{SITE}/profile#mails" in form


def test_should_not_speak_of_the_archive_when_the_result_stays(world: World, ada: User) -> None:
    email = ended_email(world.ended(ada), ada, due=None)
    for form in (email.text, email.html):
        assert "archive" not in form


def test_should_say_why_and_what_next_when_failed(world: World, ada: User) -> None:
    failed = world.ended(ada, error="Line 3: POS <x> is no number.")
    email = ended_email(failed, ada, due=None)
    assert "Line 3: POS <x> is no number." in email.text
    assert "Line 3: POS &lt;x&gt; is no number." in email.html
    assert "Ada &lt;3" in email.html
    assert f"{SITE}/upload" in email.text


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (FailureKind.INPUT, True),
        (FailureKind.TIME_LIMIT, True),
        (FailureKind.ENGINE, False),
        (FailureKind.SERVICE, False),
        (FailureKind.GIVEN_UP, False),
    ],
)
def test_should_ask_to_mend_the_file_only_when_it_is_at_fault(
    world: World, ada: User, kind: FailureKind, *, fault: bool
) -> None:
    failed = world.ended(ada, error="It failed.").model_copy(update={"failure": kind})
    email = ended_email(failed, ada, due=None)
    for form in (email.text, email.html):
        assert ("fixed the file" in form) == fault
        assert ("not the fault of the file" in form) != fault
