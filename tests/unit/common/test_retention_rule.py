"""When a result is due: one rule for all."""

import pytest

from runtime.common.job import Job
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import Role, User
from runtime.contract.job_status import JobStatus

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
    input_file_name="x.vcf",
    s3_inputs_bucket="inputs",
    s3_key_input_file="k",
)


@pytest.mark.parametrize(
    ("role", "complete", "restored", "role_since", "due"),
    [
        (Role.FREE_USER, 100, None, None, 1_900),
        (Role.FREE_USER, 100, None, 50, 1_900),
        (Role.FREE_USER, 100, None, 700, 2_500),
        (Role.FREE_USER, 100, 900, 700, 2_700),
        (Role.FREE_USER, None, None, None, None),
        (Role.PREMIUM_USER, 100, 900, 700, None),
    ],
)
def test_should_count_from_whichever_came_last(
    role: Role, complete: int | None, restored: int | None, role_since: int | None, due: int | None
) -> None:
    job = JOB.model_copy(update={"complete_time": complete, "restore_time": restored})
    owner = USER.model_copy(update={"role": role, "role_since": role_since})
    assert RetentionRule(1_800).due(job, owner) == due
