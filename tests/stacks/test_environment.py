"""The environment files that stacks write, against what processes read."""

import os
import re

import boto3
import pytest

from runtime.common import env
from stacks.environment import environment, variables
from tests.stacks.synthesis import LAPTOP_URL, ROOT, STAGES, resources, text

PROCESSES = {
    "web": ["web"],
    "annotator": ["annotator"],
    "utilities": ["notify", "archive", "janitor", "removal"],
    "restore": ["restore", "thaw"],
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


def test_should_run_somewhere_when_a_process_reads_an_environment() -> None:
    started = [process for processes in PROCESSES.values() for process in processes]
    assert sorted(started) == sorted(env.PROCESS_VARIABLES)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("fleet", "processes"), PROCESSES.items(), ids=PROCESSES)
def test_should_write_what_its_processes_read_when_a_fleet_boots(
    stage: str, fleet: str, processes: list[str]
) -> None:
    expected = {env.REGION, env.PYTHON, env.WHEELS_S3_URI}
    expected |= {env.LOG_GROUP, env.SIGNAL_STACK, env.SIGNAL_RESOURCE}
    if fleet != "web":
        expected.add(env.LIFECYCLE_HOOK)
    for process in processes:
        expected |= set(env.PROCESS_VARIABLES[process]) - set(env.SET_BY_BOOT)
    expected -= set(env.SET_BY_LAPTOP)
    if fleet in ("annotator", "web", "restore"):
        expected.add(env.BUNDLE_S3_URI)
    assert set(environment_file(stage, fleet)) == expected


@pytest.mark.parametrize("stage", STAGES)
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
    assert written[env.SIGNAL_STACK] == "<AWS::StackId>"
    assert written[env.SIGNAL_RESOURCE] == group.logical_id
    assert written[env.LOG_GROUP] == f"<{fleet.capitalize()}LogsGroup>"
    hooks = [
        hook.properties["LifecycleHookName"]
        for hook in resources(stage, "AWS::AutoScaling::LifecycleHook")
        if hook.stack == fleet
    ]
    assert hooks == [value for name, value in written.items() if name == env.LIFECYCLE_HOOK]


@pytest.mark.parametrize("name", env.BOOT_VARIABLES)
def test_should_be_read_on_the_instance_when_a_variable_is_for_the_boot(name: str) -> None:
    readers = [
        *(ROOT / "runtime/boot").glob("*.sh"),
        ROOT / "runtime/common/config.py",
    ]
    [variable] = [key for key, value in vars(env).items() if value == name]
    text = "".join(path.read_text() for path in readers)
    assert name in text or f"env.{variable})" in text


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("fleet", "processes"), PROCESSES.items(), ids=PROCESSES)
def test_should_start_its_processes_when_a_fleet_boots(
    stage: str, fleet: str, processes: list[str]
) -> None:
    boot = user_data(stage, fleet).splitlines()[-1]
    assert boot.split() == ["exec", "bash", '"$GAS_ROOT/app/runtime/boot/boot.sh"', *processes]


VALUES = {
    ("web", env.INPUTS_BUCKET): "<Inputs>",
    ("web", env.RESULTS_BUCKET): "<Results>",
    ("web", env.ANNOTATIONS_TABLE): "<Annotations>",
    ("web", env.USERS_TABLE): "<Users>",
    ("web", env.EPHEMERAL_TABLE): "<Ephemeral>",
    ("web", env.MAIL_SENDER): "gas@example.org",
    ("web", env.JOB_REQUESTS_TOPIC_ARN): "<JobRequestsTopic>",
    ("web", env.SESSION_SECRET_ARN): "<SessionSecret>",
    ("web", env.CLIENT_TRIES): "1000000",
    ("web", env.FREE_MAX_UPLOAD_BYTES): "150000",
    ("web", env.FREE_RETENTION_SECONDS): "120",
    ("web", env.RESTORE_REQUESTS_QUEUE_URL): "<RestoreRequestsQueue>",
    ("web", env.REMOVALS_QUEUE_URL): "<RemovalsQueue>",
    ("web", env.STRIPE_SECRET_ARN): "<StripeSecret>",
    ("web", env.STRIPE_PLAN): "premium-monthly",
    ("web", env.STRIPE_PUBLISHABLE_KEY): "pk_test_laptop",
    ("web", env.STRIPE_GRACE_DAYS): "7",
    ("web", env.SITE_URL): LAPTOP_URL,
    ("web", env.STAGE): "local",
    ("annotator", env.INPUTS_BUCKET): "<Inputs>",
    ("annotator", env.RESULTS_BUCKET): "<Results>",
    ("annotator", env.ANNOTATIONS_TABLE): "<Annotations>",
    ("annotator", env.JOB_REQUESTS_QUEUE_URL): "<JobRequestsQueue>",
    ("annotator", env.JOB_RESULTS_TOPIC_ARN): "<JobResultsTopic>",
    ("utilities", env.ANNOTATIONS_TABLE): "<Annotations>",
    ("utilities", env.USERS_TABLE): "<Users>",
    ("utilities", env.JOB_REQUESTS_TOPIC_ARN): "<JobRequestsTopic>",
    ("utilities", env.JOB_RESULTS_TOPIC_ARN): "<JobResultsTopic>",
    ("utilities", env.JOB_REQUESTS_DLQ_URL): "<JobRequestsDlq>",
    ("utilities", env.JOB_RESULTS_NOTIFY_QUEUE_URL): "<JobResultsNotifyQueue>",
    ("utilities", env.JOB_RESULTS_ARCHIVE_QUEUE_URL): "<JobResultsArchiveQueue>",
    ("utilities", env.RESTORE_REQUESTS_QUEUE_URL): "<RestoreRequestsQueue>",
    ("utilities", env.FREE_RETENTION_SECONDS): "120",
    ("utilities", env.ARCHIVE_STORAGE_CLASS): "GLACIER",
    ("utilities", env.REMOVALS_QUEUE_URL): "<RemovalsQueue>",
    ("utilities", env.INPUTS_BUCKET): "<Inputs>",
    ("utilities", env.RESULTS_BUCKET): "<Results>",
    ("utilities", env.ARCHIVE_BUCKET): "<Archive>",
    ("utilities", env.MAIL_SENDER): "gas@example.org",
    ("utilities", env.SITE_URL): LAPTOP_URL,
    ("restore", env.RESULTS_BUCKET): "<Results>",
    ("restore", env.ARCHIVE_BUCKET): "<Archive>",
    ("restore", env.ANNOTATIONS_TABLE): "<Annotations>",
    ("restore", env.USERS_TABLE): "<Users>",
    ("restore", env.EPHEMERAL_TABLE): "<Ephemeral>",
    ("restore", env.RESTORE_REQUESTS_QUEUE_URL): "<RestoreRequestsQueue>",
    ("restore", env.RESTORE_COMPLETED_QUEUE_URL): "<RestoreCompletedQueue>",
    ("restore", env.JOB_RESULTS_ARCHIVE_QUEUE_URL): "<JobResultsArchiveQueue>",
    ("restore", env.FREE_RETENTION_SECONDS): "120",
    ("restore", env.RESTORE_TIER): "Expedited",
}


@pytest.mark.parametrize(("fleet", "name"), VALUES, ids=str)
def test_should_mean_the_resource_of_that_name_when_a_variable_is_written(
    fleet: str, name: str
) -> None:
    assert environment_file("local", fleet)[name] == VALUES[fleet, name]


def test_should_be_found_by_boto3_when_the_region_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in environment_file("dev", "web"):
        monkeypatch.setenv(name, "eu-west-1")
    assert boto3.Session().region_name == "eu-west-1"


def test_should_refuse_a_value_when_no_process_reads_it() -> None:
    values = dict.fromkeys(variables(["web"]), "x")
    with pytest.raises(ValueError, match=r"read by no process.*GAS_JOB_REQUESTS_DLQ_URL"):
        environment(["web"], {**values, env.JOB_REQUESTS_DLQ_URL: "x"}, boot={})


def test_should_refuse_when_a_variable_has_no_value() -> None:
    with pytest.raises(ValueError, match=r"missing.*GAS_INPUTS_BUCKET"):
        environment(["web"], {}, boot={})
