"""Messages: parsed strictly, and tolerant of a newer sender."""

import pytest

from runtime.common.messages import BadMessage, JobRequest, JobResult


def test_should_read_what_it_wrote() -> None:
    message = JobResult(job_id="j", user_id="u", job_status="FAILED", complete_time=5)
    assert JobResult.from_body(message.to_body()) == message


def test_should_ignore_a_field_that_a_newer_sender_added() -> None:
    assert JobRequest.from_body('{"job_id": "j", "priority": 1}') == JobRequest(job_id="j")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "body"),
        ("not json", "body"),
        ("[]", "body"),
        ("{}", "job_id"),
        ('{"job_id": 5}', "job_id"),
        ('{"job_id": ""}', "job_id"),
        ('{"job_id": "../x"}', "job_id"),
    ],
)
def test_should_say_what_is_wrong_when_the_body_is_bad(body: str, complaint: str) -> None:
    with pytest.raises(BadMessage, match=complaint):
        JobRequest.from_body(body)


def test_should_refuse_a_result_that_is_no_end() -> None:
    with pytest.raises(BadMessage, match="job_status"):
        JobResult.from_body(
            '{"job_id": "j", "user_id": "u", "job_status": "RUNNING", "complete_time": 5}'
        )
