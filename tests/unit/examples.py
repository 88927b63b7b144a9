"""A user and her job, for tests that only read one."""

from runtime.common.job import Job
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
    input_file_name="trio.vcf",
    s3_inputs_bucket="inputs",
    s3_key_input_file="key",
)
