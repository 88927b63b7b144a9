"""The environment files that stacks write, against what processes read."""

import os
import re

import boto3
import pytest

from runtime.contract.boot import BootEnvironment
from runtime.contract.environment import variable_name
from runtime.contract.processes import (
    AnnotatorConfig,
    ArchiveConfig,
    CleanupConfig,
    JanitorConfig,
    NotifyConfig,
    ProcessConfig,
    RemovalConfig,
    RestoreConfig,
    ThawConfig,
    WebConfig,
    WebhooksConfig,
)
from stacks.environment_file import environment, refuse_unread
from tests.stacks.permissions import QUEUES
from tests.stacks.synthesis import LAPTOP_URL, ROOT, SPLIT, resources, text

PROCESSES: dict[str, tuple[type[ProcessConfig], ...]] = {
    "web": (WebConfig,),
    "annotator": (AnnotatorConfig,),
    "utilities": (NotifyConfig, ArchiveConfig, JanitorConfig),
    "removal": (RemovalConfig, CleanupConfig),
    "restore": (RestoreConfig, ThawConfig),
    "webhooks": (WebhooksConfig,),
}

_FILE = re.compile(r"<<'END'\n(?P<lines>.*?)\nEND\n", re.DOTALL)


def user_data(stage: str, fleet: str) -> str:
    [template] = [
        template
        for template in resources(stage, "AWS::EC2::LaunchTemplate")
        if template.stack == fleet
    ]
    return text(template.properties["LaunchTemplateData"]["UserData"])


def environment_file(stage: str, fleet: str) -> dict[str, str]:
    found = _FILE.search(user_data(stage, fleet))
    assert found
    return dict(line.split("=", 1) for line in found["lines"].splitlines())


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize(("fleet", "processes"), PROCESSES.items(), ids=PROCESSES)
def test_should_write_what_is_read_when_a_fleet_boots(
    stage: str, fleet: str, processes: list[type[ProcessConfig]]
) -> None:
    read = {name for process in processes for name in process.supplied()}
    read |= BootEnvironment.supplied()
    if fleet != "web":
        read.add("lifecycle_hook")
    if fleet in ("annotator", "web"):
        read.add("references_s3_uris")
    assert set(environment_file(stage, fleet)) == {variable_name(name) for name in read}


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize("fleet", PROCESSES)
def test_should_name_its_own_group_when_an_instance_is_told_where_it_belongs(
    stage: str, fleet: str
) -> None:
    written = environment_file(stage, fleet)
    [group] = [
        group
        for group in resources(stage, "AWS::AutoScaling::AutoScalingGroup")
        if group.stack == fleet
    ]
    assert written["GAS_SIGNAL_STACK"] == "<AWS::StackId>"
    assert written["GAS_SIGNAL_RESOURCE"] == group.logical_id
    assert written["GAS_LOG_GROUP"] == f"<{fleet.capitalize()}LogsGroup>"
    hooks = [
        hook.properties["LifecycleHookName"]
        for hook in resources(stage, "AWS::AutoScaling::LifecycleHook")
        if hook.stack == fleet
    ]
    assert hooks == [value for name, value in written.items() if name == "GAS_LIFECYCLE_HOOK"]


READ = re.compile(r"\$\{?(GAS_\w+)")
INSTALLED = re.compile(r'variable_name\("(\w+)"\)')
SAID_BY_USER_DATA = {"GAS_ROOT"}
SAID_BY_LAPTOP = {"GAS_FOREGROUND"}


def test_should_be_read_by_the_boot_or_the_watcher_when_a_variable_is_for_them() -> None:
    scripts = "".join(path.read_text() for path in (ROOT / "runtime/boot").glob("*.sh"))
    installer = (ROOT / "runtime/boot/references.py").read_text()
    read = {*READ.findall(scripts), *map(variable_name, INSTALLED.findall(installer))}
    told = {variable_name(name) for name in {*BootEnvironment.model_fields, "stage", "traces_url"}}
    made = {variable_name(name) for name in ("references_dir", "http_port")}
    assert read == told | made | SAID_BY_USER_DATA | SAID_BY_LAPTOP


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize(("fleet", "processes"), PROCESSES.items(), ids=PROCESSES)
def test_should_start_its_processes_when_a_fleet_boots(
    stage: str, fleet: str, processes: list[type[ProcessConfig]]
) -> None:
    boot = user_data(stage, fleet).splitlines()[-1]
    names = [process.process for process in processes]
    assert boot.split() == ["exec", "bash", '"$GAS_ROOT/app/runtime/boot/boot.sh"', *names]


VALUES = {
    ("web", "inputs_bucket"): "<Inputs>",
    ("web", "results_bucket"): "<Results>",
    ("web", "annotations_table"): "<Annotations>",
    ("web", "users_table"): "<Users>",
    ("web", "ephemeral_table"): "<Ephemeral>",
    ("web", "owned_items_table"): "<OwnedItems>",
    ("web", "audit_table"): "<Audit>",
    ("web", "mail_sender"): "gas@example.org",
    ("web", "digest_seconds"): "10",
    ("web", "job_requests_topic_arn"): "<JobRequestsTopic>",
    ("web", "session_secret_arn"): "<SessionSecret>",
    ("web", "client_tries"): "1000000",
    ("web", "free_max_upload_bytes"): "150000",
    ("web", "free_retention_seconds"): "120",
    ("web", "free_jobs_per_hour"): "1000000",
    ("web", "premium_jobs_per_hour"): "1000000",
    ("web", "free_waiting_jobs"): "100000",
    ("web", "premium_waiting_jobs"): "100000",
    ("web", "restore_requests_queue_url"): "<RestoreRequestsQueue>",
    ("web", "removals_queue_url"): "<RemovalsQueue>",
    ("web", "load_balancer"): "<LoadBalancer>",
    ("web", "operator_role_arn"): "<OperatorRole>",
    ("web", "work_queues"): ",".join(f"{queue}=<{queue}Queue>=<{queue}Dlq>" for queue in QUEUES),
    ("web", "webhooks_queue_url"): "<WebhooksQueue>",
    ("web", "webhooks_any_address"): "on",
    ("web", "stripe_secret_arn"): "<StripeSecret>",
    ("web", "sign_in_secret_arn"): "<SignInSecret>",
    ("web", "sign_in_issuers"): "5b5d",
    ("web", "stripe_plan"): "premium-monthly",
    ("web", "stripe_publishable_key"): "pk_test_laptop",
    ("web", "stripe_grace_days"): "7",
    ("web", "site_url"): LAPTOP_URL,
    ("web", "docs_url"): "",
    ("web", "api_origins"): "",
    ("web", "stage"): "local",
    ("annotator", "results_bucket"): "<Results>",
    ("annotator", "annotations_table"): "<Annotations>",
    ("annotator", "genotype_samples"): "50",
    ("annotator", "job_requests_queue_url"): "<JobRequestsQueue>",
    ("annotator", "job_results_topic_arn"): "<JobResultsTopic>",
    ("utilities", "annotations_table"): "<Annotations>",
    ("utilities", "users_table"): "<Users>",
    ("utilities", "job_requests_topic_arn"): "<JobRequestsTopic>",
    ("utilities", "job_results_topic_arn"): "<JobResultsTopic>",
    ("utilities", "job_requests_dlq_url"): "<JobRequestsDlq>",
    ("utilities", "job_results_notify_queue_url"): "<JobResultsNotifyQueue>",
    ("utilities", "job_results_archive_queue_url"): "<JobResultsArchiveQueue>",
    ("utilities", "restore_requests_queue_url"): "<RestoreRequestsQueue>",
    ("utilities", "free_retention_seconds"): "120",
    ("utilities", "archive_storage_class"): "GLACIER",
    ("utilities", "surplus_copies_queue_url"): "<SurplusCopiesQueue>",
    ("utilities", "result_moves_topic_arn"): "<ResultMovesTopic>",
    ("utilities", "inputs_bucket"): "<Inputs>",
    ("utilities", "results_bucket"): "<Results>",
    ("utilities", "archive_bucket"): "<Archive>",
    ("utilities", "mail_sender"): "gas@example.org",
    ("utilities", "digest_seconds"): "10",
    ("utilities", "owned_items_table"): "<OwnedItems>",
    ("utilities", "site_url"): LAPTOP_URL,
    ("removal", "removals_queue_url"): "<RemovalsQueue>",
    ("removal", "surplus_copies_queue_url"): "<SurplusCopiesQueue>",
    ("removal", "inputs_bucket"): "<Inputs>",
    ("removal", "results_bucket"): "<Results>",
    ("removal", "archive_bucket"): "<Archive>",
    ("removal", "annotations_table"): "<Annotations>",
    ("removal", "users_table"): "<Users>",
    ("removal", "owned_items_table"): "<OwnedItems>",
    ("restore", "surplus_copies_queue_url"): "<SurplusCopiesQueue>",
    ("restore", "results_bucket"): "<Results>",
    ("restore", "archive_bucket"): "<Archive>",
    ("restore", "annotations_table"): "<Annotations>",
    ("restore", "users_table"): "<Users>",
    ("restore", "ephemeral_table"): "<Ephemeral>",
    ("restore", "restore_requests_queue_url"): "<RestoreRequestsQueue>",
    ("restore", "restore_completed_queue_url"): "<RestoreCompletedQueue>",
    ("restore", "job_results_archive_queue_url"): "<JobResultsArchiveQueue>",
    ("restore", "free_retention_seconds"): "120",
    ("restore", "restore_tier"): "Expedited",
    ("restore", "result_moves_topic_arn"): "<ResultMovesTopic>",
    ("webhooks", "webhooks_queue_url"): "<WebhooksQueue>",
    ("webhooks", "webhooks_any_address"): "on",
    ("webhooks", "events_bus"): "",
    ("webhooks", "annotations_table"): "<Annotations>",
    ("webhooks", "users_table"): "<Users>",
    ("webhooks", "owned_items_table"): "<OwnedItems>",
    ("webhooks", "site_url"): LAPTOP_URL,
}


@pytest.mark.parametrize(("fleet", "name"), VALUES, ids=str)
def test_should_mean_the_resource_of_that_name_when_a_variable_is_written(
    fleet: str, name: str
) -> None:
    assert environment_file("local", fleet)[variable_name(name)] == VALUES[fleet, name]


def test_should_be_found_by_boto3_when_the_region_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in environment_file("dev", "web"):
        monkeypatch.setenv(name, "eu-west-1")
    assert boto3.Session().region_name == "eu-west-1"


def test_should_refuse_a_setting_of_a_stack_when_no_process_there_reads_it() -> None:
    suppliers = {name: lambda: "x" for name in WebConfig.supplied()}
    with pytest.raises(ValueError, match="no process reads job_requests_dlq_url"):
        environment((WebConfig,), suppliers, own={"job_requests_dlq_url": "x"})


def test_should_refuse_when_a_supplied_setting_has_no_reader() -> None:
    with pytest.raises(ValueError, match="no process reads restore_tier"):
        refuse_unread(["stage", "restore_tier"], (WebConfig, AnnotatorConfig))


def test_should_refuse_when_nothing_supplies_a_setting() -> None:
    suppliers = {name: lambda: "x" for name in WebConfig.supplied() - {"inputs_bucket", "stage"}}
    with pytest.raises(ValueError, match="nothing supplies inputs_bucket, stage"):
        environment((WebConfig,), suppliers)


def test_should_ask_no_supplier_when_no_process_reads_the_setting() -> None:
    def fail() -> str:
        raise AssertionError("it would make a reference to another stack")

    suppliers = {name: lambda: "x" for name in WebConfig.supplied()} | {"archive_bucket": fail}
    assert "GAS_ARCHIVE_BUCKET" not in environment((WebConfig,), suppliers)
