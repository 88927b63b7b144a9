"""The owner of a job hears of its end, once, in text and HTML."""

from typing import TYPE_CHECKING, Any

import pytest

from runtime.common.delivery import HandBack
from runtime.common.job import Job
from runtime.common.mail import Mailer, moment
from runtime.common.messages import JobResult
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import User, UserStore
from runtime.contract.job_status import FailureKind
from runtime.notify.handler import NotifyHandler, job_ended_email
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.delivery import delivery
from tests.unit.outbox import Outbox

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

SITE = "https://gas.example.org"
SENDER = "noreply@gas.example.org"
FREE_SECONDS = 1_800


@pytest.fixture
def users(users_table: "Table") -> UserStore:
    return UserStore(users_table, Clock())


@pytest.fixture
def ada(users: UserStore) -> User:
    return users.create(email="ada@example.org", name="Ada <3", password="correct horse")


@pytest.fixture
def jobs(annotations_table: "Table", ada: User) -> JobStore:
    store = JobStore(annotations_table, Clock())
    store.create(
        job_id="job-1",
        user_id=ada.user_id,
        input_file_name="trio.vcf",
        s3_inputs_bucket="inputs",
        s3_key_input_file="k",
        reference="rcrs",
    )
    return store


@pytest.fixture
def outbox(emulator: Emulator) -> Outbox:
    return Outbox(emulator, SENDER)


@pytest.fixture
def handler(emulator: Emulator, jobs: JobStore, users: UserStore, outbox: Outbox) -> NotifyHandler:
    mailer = Mailer(outbox.ses, SENDER)
    retention = RetentionRule(FREE_SECONDS)
    return NotifyHandler(jobs=jobs, users=users, mailer=mailer, retention=retention, site_url=SITE)


def completed(jobs: JobStore) -> Job:
    claim = jobs.claim("job-1", lease_seconds=60)
    return jobs.complete(claim, reference_version="1.0.0")


def test_should_send_one_mail_when_told_twice(
    handler: NotifyHandler, jobs: JobStore, outbox: Outbox
) -> None:
    message = JobResult.of(completed(jobs))
    completed_at = jobs.require("job-1").complete_time
    handler(message, delivery())
    handler(message, delivery())
    (mail,) = outbox.messages()
    assert (mail.to, mail.subject) == ("ada@example.org", "trio.vcf has been annotated")
    due = moment((completed_at or 0) + FREE_SECONDS)
    assert f"On the Free plan this result will be archived on {due}" in mail.text


def test_should_send_one_mail_when_two_instances_are_told_at_once(
    handler: NotifyHandler, jobs: JobStore, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = JobResult.of(completed(jobs))
    send = Mailer.send

    def meanwhile(mailer: Mailer, **email: Any) -> None:
        with pytest.raises(HandBack):
            handler(message, delivery())
        send(mailer, **email)

    monkeypatch.setattr(Mailer, "send", meanwhile)
    handler(message, delivery())
    assert len(outbox.messages()) == 1


def test_should_send_nothing_when_the_job_or_its_owner_is_gone(
    handler: NotifyHandler, jobs: JobStore, users_table: "Table", ada: User, outbox: Outbox
) -> None:
    message = JobResult.of(completed(jobs))
    users_table.delete_item(Key={"user_id": ada.user_id})
    handler(message, delivery())
    handler(message.model_copy(update={"job_id": "job-2"}), delivery())
    assert outbox.messages() == []


def test_should_send_nothing_when_the_owner_cancelled_or_removed_the_job(
    handler: NotifyHandler, jobs: JobStore, ada: User, outbox: Outbox
) -> None:
    message = JobResult.of(jobs.cancel("job-1", ada.user_id))
    handler(message, delivery())
    jobs.remove("job-1", ada.user_id)
    handler(message, delivery())
    assert outbox.messages() == []


def test_should_send_nothing_when_the_job_has_not_ended(
    handler: NotifyHandler, outbox: Outbox, ada: User
) -> None:
    result = JobResult(job_id="job-1", user_id=ada.user_id, job_status="COMPLETED", complete_time=1)
    handler(result, delivery())
    assert outbox.messages() == []


def test_should_say_where_the_result_is_when_completed(jobs: JobStore, ada: User) -> None:
    email = job_ended_email(completed(jobs), ada, due=1_800_000_000, site_url=SITE)
    assert email.subject == "trio.vcf has been annotated"
    for form in (email.text, email.html):
        assert f"{SITE}/jobs/job-1" in form
        assert "15 January 2027, 08:00 UTC" in form


def test_should_not_speak_of_the_archive_when_the_result_stays(jobs: JobStore, ada: User) -> None:
    email = job_ended_email(completed(jobs), ada, due=None, site_url=SITE)
    for form in (email.text, email.html):
        assert "archive" not in form


def test_should_say_why_and_what_next_when_failed(jobs: JobStore, ada: User) -> None:
    claim = jobs.claim("job-1", lease_seconds=60)
    failed = jobs.fail(claim, "Line 3: POS <x> is no number.")
    email = job_ended_email(failed, ada, due=None, site_url=SITE)
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
    jobs: JobStore, ada: User, kind: FailureKind, *, fault: bool
) -> None:
    claim = jobs.claim("job-1", lease_seconds=60)
    failed = jobs.fail(claim, "It failed.", kind=kind)
    email = job_ended_email(failed, ada, due=None, site_url=SITE)
    for form in (email.text, email.html):
        assert ("fixed the file" in form) == fault
        assert ("not the fault of the file" in form) != fault
