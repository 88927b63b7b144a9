"""What people are told of archives and restores."""

import pytest

from runtime.common.job import Job
from runtime.common.mail import Email
from runtime.common.users import Role, User
from runtime.contract.job_status import JobStatus
from runtime.retention.emails import archived, free_again, restored

SITE = "https://gas.example.org"
USER = User(
    user_id="ada",
    email="ada@example.org",
    name="Ada",
    password_hash="none",
    role=Role.FREE_USER,
    email_verified=True,
    created_at=0,
)
JOB = Job(
    job_id="job-1",
    user_id="ada",
    submit_time=0,
    job_status=JobStatus.COMPLETED,
    input_file_name="trio.vcf",
    s3_inputs_bucket="inputs",
    s3_key_input_file="key",
)
EMAILS = {
    "archived": (archived(JOB, USER, site_url=SITE), ["trio.vcf", "/jobs/job-1", "/subscribe"]),
    "restored": (restored(USER, site_url=SITE), ["/jobs"]),
    "free again": (
        free_again(USER, 1_800_000_000, site_url=SITE),
        ["15 January 2027, 08:00 UTC", "/jobs", "/subscribe"],
    ),
}


@pytest.mark.parametrize(("email", "said"), EMAILS.values(), ids=EMAILS)
def test_should_say_what_is_and_what_to_do_in_both_forms(email: Email, said: list[str]) -> None:
    for form in (email.text, email.html):
        for words in said:
            assert words in form
    assert email.text.startswith("Hello Ada,")
    assert "Subject" not in email.text
