"""Variables of the environment: their names, and what they hold."""

from pathlib import Path

import pytest

from runtime.common.config import read
from runtime.contract.boot import BootEnvironment
from runtime.contract.processes import AnnotatorConfig, WebConfig

CONFIG = AnnotatorConfig(
    stage="test",
    region="us-east-1",
    annotations_table="annotations",
    results_bucket="results",
    job_requests_queue_url="https://sqs.us-east-1.amazonaws.com/1/job-requests",
    job_results_topic_arn="arn:aws:sns:us-east-1:1:job-results",
    references_dir=Path("/opt/gas/references"),
    genotype_samples=50,
    scale_in_protection=True,
)


@pytest.mark.parametrize("protects", [True, False])
def test_should_read_the_same_settings_when_they_were_written(protects: bool) -> None:
    config = CONFIG.model_copy(update={"scale_in_protection": protects})
    assert read(AnnotatorConfig, config.to_variables()) == config


def test_should_use_the_name_that_boto3_reads_when_the_variable_is_the_region() -> None:
    names = WebConfig.variables(region="eu-west-1", site_url="https://gas.example.org")
    assert set(names) == {"AWS_DEFAULT_REGION", "GAS_SITE_URL"}


def test_should_refuse_a_value_when_it_is_no_setting_of_the_process() -> None:
    with pytest.raises(ValueError, match="AnnotatorConfig has no field free_retention, site_url"):
        AnnotatorConfig.variables(stage="dev", site_url="http://x", free_retention=1)


def test_should_leave_a_variable_out_when_it_holds_nothing() -> None:
    boot = BootEnvironment(
        python="python3.12",
        wheels_s3_uri="s3://assets/wheels.zip",
        log_group="group",
        signal_stack="stack",
        signal_resource="Group",
    )
    assert "GAS_REFERENCES_S3_URIS" not in boot.to_variables()


def test_should_want_no_supplier_when_the_boot_script_or_a_default_sets_it() -> None:
    fields = set(WebConfig.model_fields)
    assert fields - WebConfig.supplied() == {
        *("references_dir", "http_port"),
        *("stripe_url", "traces_url", "traces_ratio"),
    }
