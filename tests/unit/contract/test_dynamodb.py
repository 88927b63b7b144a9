"""The tables' keys are attributes of what is kept in them."""

from runtime.common.job import Job, OpenJob
from runtime.common.users import User
from runtime.contract.dynamodb import ANNOTATIONS, OPEN_JOBS, USERS


def test_should_be_fields_of_a_job_when_a_table_or_an_index_has_them_as_keys() -> None:
    keys = {ANNOTATIONS.key}
    for index in ANNOTATIONS.indexes:
        keys |= {index.partition_key, index.sort_key, *(index.holds or ())}
    assert keys <= set(Job.model_fields)


def test_should_hold_what_is_read_of_open_jobs_when_the_index_is_read_alone() -> None:
    held = {ANNOTATIONS.key, OPEN_JOBS.partition_key, OPEN_JOBS.sort_key, *(OPEN_JOBS.holds or ())}
    assert set(OpenJob.model_fields) <= held


def test_should_be_a_field_of_a_user_when_it_is_the_key_of_their_table() -> None:
    assert USERS.key in User.model_fields
