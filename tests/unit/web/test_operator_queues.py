"""The operator's pages about queues and dead letters."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from runtime.common.audit import Action
from runtime.common.messages import JobRequest, JobResult, Message, Removal
from runtime.common.restore_events import RestoreCompleted
from runtime.common.users import User
from runtime.contract.job_status import JobStatus
from runtime.contract.work_queues import WorkQueue
from tests.emulator import Emulator
from tests.unit.web.site import Browser, Site, environment_of
from tests.unit.web.test_operator import actions, browser, operator

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

__all__ = ["browser", "operator"]


class Queues:
    """The queues of the site, with the root's credentials."""

    def __init__(self, site: Site, sqs: "SQSClient") -> None:
        self._known = site.services.operations.queues.queues
        self.sqs = sqs

    def of(self, name: str) -> WorkQueue:
        [found] = [queue for queue in self._known if queue.name == name]
        return found

    def kill(self, name: str, body: str, **attributes: Any) -> str:
        """Put a message among the dead letters of a queue; return its id."""
        sent = self.sqs.send_message(QueueUrl=self.of(name).dlq_url, MessageBody=body, **attributes)
        return sent["MessageId"]

    def receive(self, url: str) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
        )
        return [dict(message) for message in answer.get("Messages", [])]

    def dead(self, name: str) -> list[str]:
        return [each["Body"] for each in self.receive(self.of(name).dlq_url)]

    def waiting(self, name: str) -> list[str]:
        return [each["Body"] for each in self.receive(self.of(name).url)]

    def purge(self) -> None:
        for queue in self._known:
            for url in (queue.url, queue.dlq_url):
                self.sqs.purge_queue(QueueUrl=url)


@pytest.fixture
def queues(site: Site, emulator: Emulator) -> Iterator[Queues]:
    with environment_of(emulator):
        made = Queues(site, emulator.session.client("sqs", endpoint_url=emulator.endpoint_url))
        made.purge()
        yield made
        made.purge()


def path_of(name: str, message_id: str, action: str) -> str:
    return f"/operator/queues/{name}/letters/{message_id}/{action}"


def test_should_show_depth_and_dead_letters_when_an_operator_looks(
    browser: Browser, queues: Queues
) -> None:
    for _ in range(3):
        queues.sqs.send_message(QueueUrl=queues.of("Removals").url, MessageBody="{}")
    queues.sqs.send_message(QueueUrl=queues.of("Removals").url, MessageBody="{}", DelaySeconds=900)
    queues.sqs.receive_message(QueueUrl=queues.of("Removals").url, VisibilityTimeout=600)
    queues.kill("Removals", "{}")
    page = browser.get("/operator/queues").text
    row = page.partition('<th scope="row">Removals</th>')[2].partition("</tr>")[0]
    assert re.findall(r">([\d,]+)<", row) == ["2", "1", "1", "1"]
    assert "No figure" in row


def test_should_show_the_age_when_cloudwatch_has_one(
    emulator: Emulator, browser: Browser, queues: Queues
) -> None:
    cloudwatch = emulator.session.client("cloudwatch", endpoint_url=emulator.endpoint_url)
    queues.sqs.send_message(QueueUrl=queues.of("Removals").url, MessageBody="{}")
    name = queues.of("Removals").url.rpartition("/")[2]
    cloudwatch.put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": name}],
                "Value": 3725,
            }
        ],
    )
    page = browser.get("/operator/queues").text
    assert "1 h 2 min" in page
    assert "No message" in page


def test_should_name_the_queue_when_it_cannot_be_read(
    site: Site, browser: Browser, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = site.services.operations.queues
    broken = tuple(
        WorkQueue(queue.name, queue.url + "-gone", queue.dlq_url) for queue in figures.queues
    )
    monkeypatch.setitem(vars(figures), "queues", broken)
    answer = browser.get("/operator/queues")
    assert answer.status_code == 200
    assert "The queue Removals couldn&#39;t be read: AWS answered" in answer.text
    assert answer.text.count('visually-hidden"> dead letters of ') == len(broken)


def test_should_say_what_a_letter_is_and_not_its_body_when_it_is_listed(
    site: Site, browser: Browser, queues: Queues
) -> None:
    owner = site.user()
    job = site.job(owner)
    key = f"users/{owner.user_id}/{job.job_id}/mueller-anna.annot.vcf.gz"
    message_id = queues.kill("RestoreCompleted", RestoreCompleted.of(key).to_body())
    page = browser.get("/operator/queues/RestoreCompleted").text
    assert "Restore completed" in page
    assert {message_id, job.job_id, owner.user_id} == set(re.findall(r"<code>([^<]+)</code>", page))
    assert "mueller" not in page
    assert queues.dead("RestoreCompleted"), "a look took it"


def test_should_be_listed_when_nobody_can_read_a_letter(browser: Browser, queues: Queues) -> None:
    queues.kill("JobRequests", "<secret>")
    page = browser.get("/operator/queues/JobRequests").text
    assert "Unreadable" in page
    assert "secret" not in page


@pytest.mark.parametrize("one", [True, False], ids=["one", "all"])
def test_should_be_in_its_queue_whole_when_a_letter_is_redriven(
    site: Site, browser: Browser, queues: Queues, operator: User, one: bool
) -> None:
    owner = site.user()
    body = _result(site, owner).to_body()
    attribute = {"traceparent": {"DataType": "String", "StringValue": "00-1-2-01"}}
    message_id = queues.kill("JobResultsNotify", body, MessageAttributes=attribute)
    queues.kill("JobResultsNotify", "other")
    all_of_them = "/operator/queues/JobResultsNotify/redrive"
    path = path_of("JobResultsNotify", message_id, "redrive") if one else all_of_them
    assert browser.post(path).status_code == 303
    found = queues.receive(queues.of("JobResultsNotify").url)
    assert {each["Body"] for each in found} == ({body} if one else {body, "other"})
    [whole] = [each for each in found if each["Body"] == body]
    assert whole["MessageAttributes"]["traceparent"]["StringValue"] == "00-1-2-01"
    assert queues.dead("JobResultsNotify") == (["other"] if one else [])
    assert Action.LETTERS_REDRIVEN in actions(site, owner.user_id) & actions(site, operator.user_id)


def _result(site: Site, owner: User) -> JobResult:
    job = site.job(owner)
    return JobResult(
        job_id=job.job_id,
        user_id=owner.user_id,
        job_status=JobStatus.FAILED,
        complete_time=1_700_000_000,
    )


def test_should_keep_the_letter_when_its_queue_does_not_take_it(
    site: Site, browser: Browser, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.kill("Removals", "{}")
    figures = site.services.operations.queues
    broken = tuple(
        WorkQueue(queue.name, queue.url + "-gone", queue.dlq_url) for queue in figures.queues
    )
    monkeypatch.setitem(vars(figures), "queues", broken)
    answer = browser.post("/operator/queues/Removals/redrive")
    assert answer.status_code == 303
    assert "0 messages sent back" in browser.get("/operator/queues/Removals").text
    assert queues.dead("Removals") == ["{}"]


def test_should_end_the_job_with_the_reason_when_its_request_is_given_up(
    site: Site, browser: Browser, queues: Queues
) -> None:
    owner = site.user()
    job = site.job(owner)
    message_id = queues.kill("JobRequests", JobRequest(job_id=job.job_id).to_body())
    path = path_of("JobRequests", message_id, "give-up")
    assert browser.post(path, reason=" ").status_code == 400
    site.requests.published()
    assert browser.post(path, reason="The file is damaged.").status_code == 303
    page = site.browser(owner).get(f"/jobs/{job.job_id}").text
    assert "The file is damaged." in page
    # Whoever takes the request of a job that has ended announces its end: the email.
    assert [JobRequest.from_body(each).job_id for each in site.requests.published()] == [job.job_id]
    assert queues.dead("JobRequests") == []
    assert Action.LETTER_GIVEN_UP in actions(site, owner.user_id)


def test_should_keep_job_and_letter_when_an_annotator_works_on_it(
    site: Site, browser: Browser, queues: Queues
) -> None:
    job = site.job(site.user())
    site.jobs.claim(job.job_id, lease_seconds=60)
    body = JobRequest(job_id=job.job_id).to_body()
    message_id = queues.kill("JobRequests", body)
    path = path_of("JobRequests", message_id, "give-up")
    assert browser.post(path, reason="Enough.").status_code == 409
    assert queues.dead("JobRequests") == [body]


@pytest.mark.parametrize(
    ("name", "message"),
    [("Removals", Removal(user_id="u")), ("JobResultsNotify", None)],
    ids=["removal", "other"],
)
def test_should_never_lose_a_removal_when_a_letter_is_given_up(
    site: Site, browser: Browser, queues: Queues, name: str, message: Message | None
) -> None:
    message_id = queues.kill(name, message.to_body() if message else "{}")
    answer = browser.post(path_of(name, message_id, "give-up"), reason="No.")
    assert answer.status_code == (409 if message else 303)
    assert len(queues.dead(name)) == (1 if message else 0)


@pytest.mark.parametrize("action", ["redrive", "give-up"])
def test_should_say_so_when_the_letter_is_gone(
    browser: Browser, queues: Queues, action: str
) -> None:
    gone = path_of("JobRequests", "2f0b4b6e-0000-4000-8000-000000000000", action)
    assert browser.post(gone, reason="No.").status_code == 409


def test_should_answer_404_when_there_is_no_such_queue(browser: Browser) -> None:
    assert browser.get("/operator/queues/Nothing").status_code == 404
    assert browser.post("/operator/queues/Nothing/redrive").status_code == 404
