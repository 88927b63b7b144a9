"""Settings from the environment: every fault named, nothing guessed."""

import pytest

from runtime.common import env
from runtime.common.config import PROCESS_CONFIGS, ConfigError, WebConfig

WEB = {
    env.STAGE: "test",
    env.REGION: "us-east-1",
    env.INPUTS_BUCKET: "inputs",
    env.RESULTS_BUCKET: "results",
    env.ANNOTATIONS_TABLE: "annotations",
    env.USERS_TABLE: "users",
    env.EPHEMERAL_TABLE: "ephemeral",
    env.MAIL_SENDER: "gas@example.org",
    env.JOB_REQUESTS_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:job_requests",
    env.REMOVALS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/removals",
    env.SITE_URL: "https://gas.example.org/",
    env.SESSION_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:000000000000:secret:session",
    env.CLIENT_TRIES: "100",
    env.FREE_MAX_UPLOAD_BYTES: "150000",
    env.FREE_RETENTION_SECONDS: "1800",
    env.RESTORE_REQUESTS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/restore-requests",
    env.STRIPE_PLAN: "price_1",
    env.STRIPE_PUBLISHABLE_KEY: "pk_test_1",
    env.STRIPE_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:000000000000:secret:stripe",
    env.STRIPE_GRACE_DAYS: "7",
    env.HTTP_PORT: "8080",
    env.BUNDLE_DIR: "/opt/gas/bundle",
}


def test_should_read_each_value_in_its_type() -> None:
    config = WebConfig.load(WEB | {"UNRELATED": "x"})
    assert (config.stage, config.free_max_upload_bytes, config.http_port) == ("test", 150_000, 8080)
    assert config.site_url == "https://gas.example.org"


def test_should_name_every_fault_when_several_are_wrong() -> None:
    broken = WEB | {env.HTTP_PORT: "99999", env.SITE_URL: "gas.example.org", env.STAGE: " "}
    del broken[env.USERS_TABLE]
    with pytest.raises(ConfigError) as error:
        WebConfig.load(broken)
    named = {line.split(":")[0].strip() for line in str(error.value).splitlines()[1:]}
    assert named == {env.HTTP_PORT, env.SITE_URL, env.STAGE, env.USERS_TABLE}


@pytest.mark.parametrize("process", sorted(env.PROCESS_VARIABLES))
def test_should_read_exactly_the_variables_that_the_stacks_write(process: str) -> None:
    fields = PROCESS_CONFIGS[process].model_fields.values()
    assert {field.alias for field in fields} == set(env.PROCESS_VARIABLES[process])


def test_should_know_the_same_processes_as_the_stacks() -> None:
    assert set(PROCESS_CONFIGS) == set(env.PROCESS_VARIABLES)
