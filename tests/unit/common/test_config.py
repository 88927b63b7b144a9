"""Settings from the environment: every fault named, nothing guessed."""

import pytest

from runtime.common.config import ConfigError, read
from runtime.contract.issuers import encode_issuers
from runtime.contract.processes import WebConfig

WEB = WebConfig.variables(
    stage="test",
    region="us-east-1",
    inputs_bucket="inputs",
    results_bucket="results",
    annotations_table="annotations",
    users_table="users",
    ephemeral_table="ephemeral",
    owned_items_table="owned-items",
    audit_table="audit",
    audit_days=365,
    audit_bucket="",
    mail_sender="gas@example.org",
    digest_seconds=600,
    job_requests_topic_arn="arn:aws:sns:us-east-1:000000000000:job_requests",
    removals_queue_url="https://sqs.us-east-1.amazonaws.com/000000000000/removals",
    work_queues="Removals=https://sqs/removals=https://sqs/removals-dlq",
    load_balancer="app/gas-test/1",
    webhooks_queue_url="https://sqs.us-east-1.amazonaws.com/000000000000/webhooks",
    webhooks_any_address=False,
    operator_role_arn="arn:aws:iam::000000000000:role/operator",
    site_url="https://gas.example.org/",
    docs_url="",
    api_origins="",
    session_secret_arn="arn:aws:secretsmanager:us-east-1:000000000000:secret:session",
    client_tries=100,
    free_max_upload_bytes=150_000,
    free_retention_seconds=1800,
    free_jobs_per_hour=100,
    premium_jobs_per_hour=1000,
    free_waiting_jobs=50,
    premium_waiting_jobs=500,
    restore_requests_queue_url="https://sqs.us-east-1.amazonaws.com/1/restore-requests",
    genotype_samples=50,
    inputs_days=30,
    logs_days=30,
    stripe_plan="price_1",
    stripe_publishable_key="pk_test_1",
    sign_in_issuers=encode_issuers(()),
    sign_in_secret_arn="arn:aws:secretsmanager:us-east-1:000000000000:secret:sign-in",
    stripe_secret_arn="arn:aws:secretsmanager:us-east-1:000000000000:secret:stripe",
    stripe_grace_days=7,
    monthly_budget_usd=100,
    http_port=8080,
    references_dir="/opt/gas/references",
)


def test_should_read_each_value_in_its_type() -> None:
    config = read(WebConfig, WEB | {"UNRELATED": "x"})
    assert (config.stage, config.free_max_upload_bytes, config.http_port) == ("test", 150_000, 8080)
    assert config.site_url == "https://gas.example.org"


def test_should_name_every_fault_when_several_are_wrong() -> None:
    broken = WEB | WebConfig.variables(http_port=99_999, site_url="gas.example.org", stage=" ")
    del broken["GAS_USERS_TABLE"]
    with pytest.raises(ConfigError) as error:
        read(WebConfig, broken)
    named = {line.split(":")[0].strip() for line in str(error.value).splitlines()[1:]}
    assert named == {"GAS_HTTP_PORT", "GAS_SITE_URL", "GAS_STAGE", "GAS_USERS_TABLE"}
