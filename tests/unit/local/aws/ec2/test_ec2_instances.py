"""Instances are booted, replaced and terminated as their group's capacity says."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from local.aws.account import Account
from local.aws.credentials import CredentialsServer
from local.aws.ec2.ec2_instances import MIN_EARLY_ENDS, Ec2Instances
from local.aws.ec2.group_instances import GroupInstances
from local.aws.ec2.instance import Instance
from local.host.folder import Folder
from local.host.http_server import LoopThread
from tests.unit.local.aws.stack import DeployedStack, deploy_stack
from tests.waiting import wait_until

SERVES = """#!/bin/bash
env | sort > "$GAS_ROOT/environment-seen"
mv "$GAS_ROOT/environment-seen" "$GAS_ROOT/booted"
exec sleep 300
"""
DRAINS = """#!/bin/bash
trap 'echo drained >&2; exit 0' TERM
touch "$GAS_ROOT/booted"
while true; do sleep 0.05; done
"""
BROKEN = "echo 'no such package' >&2; exit 5"

Keep = Callable[[DeployedStack], Ec2Instances]


@pytest.fixture
def keep(account: Account, folder: Folder, servers: LoopThread) -> Iterator[Keep]:
    """Runs the instances of a stack until the test ends."""
    credentials = CredentialsServer(account.client("sts"), servers)
    credentials.start()
    running: list[Ec2Instances] = []

    def start(stack: DeployedStack) -> Ec2Instances:
        ec2 = Ec2Instances(
            folder=folder, account=account, credentials=credentials, groups=[stack.group]
        )
        running.append(ec2)
        ec2.start()
        return ec2

    yield start
    for ec2 in running:
        ec2.stop()
    credentials.stop()


def booted(members: GroupInstances) -> list[Instance]:
    return [instance for instance in members.running if (instance.root / "booted").exists()]


def wait_booted(ec2: Ec2Instances, count: int) -> GroupInstances:
    (members,) = ec2.groups
    wait_until(lambda: len(booted(members)) == len(members.running) == count, f"{count} are booted")
    return members


def kill(instance: Instance) -> None:
    """End an instance as a power cut does."""
    supervisor = psutil.Process(instance.process.pid)
    for process in supervisor.children(recursive=True):
        process.send_signal(signal.SIGKILL)


def test_should_run_the_user_data_with_nothing_of_ours_when_an_instance_boots(
    account: Account, keep: Keep, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_LAPTOP", "1")

    (instance,) = booted(wait_booted(keep(deploy_stack(account, SERVES)), 1))

    lines = (instance.root / "booted").read_text().splitlines()
    seen = dict(line.split("=", 1) for line in lines)
    for name in ("_", "SHLVL", "PWD"):  # bash's own
        seen.pop(name, None)
    assert seen.pop("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    assert seen.pop("AWS_CONTAINER_CREDENTIALS_FULL_URI").startswith("http://127.0.0.1:")
    assert seen.pop("PATH").split(":")[0].endswith(".venv/bin")
    assert seen == {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": account.endpoint_url,
        "AWS_ENDPOINT_URL_S3": account.endpoint_url,
        "AWS_REGION": "us-east-1",
        "GAS_FOREGROUND": "1",
        "GAS_HTTP_PORT": str(instance.port),
        "GAS_ROOT": str(instance.root),
        "HOME": str(instance.root / "home"),
        "LANG": "C.UTF-8",
        "TMPDIR": str(instance.root / "tmp"),
        "UV_CACHE_DIR": str(folder.cache / "uv"),
    }


def test_should_follow_the_desired_capacity_when_it_changes(account: Account, keep: Keep) -> None:
    stack = deploy_stack(account, SERVES, minimum=1, desired=1, maximum=3)
    ec2 = keep(stack)
    wait_booted(ec2, 1)

    stack.set_desired(9)
    oldest = wait_booted(ec2, 3).running[0]

    stack.set_desired(2)
    members = wait_booted(ec2, 2)
    assert oldest not in members.running


def test_should_replace_an_instance_when_its_process_is_killed(
    account: Account, keep: Keep
) -> None:
    ec2 = keep(deploy_stack(account, SERVES, desired=2))
    victim, survivor = booted(wait_booted(ec2, 2))

    kill(victim)

    (members,) = ec2.groups
    wait_until(lambda: victim not in members.instances, "the killed one is removed")
    after = booted(wait_booted(ec2, 2))
    assert survivor in after
    assert not victim.root.exists()


def test_should_let_an_instance_end_in_order_when_it_is_terminated(
    account: Account, keep: Keep
) -> None:
    stack = deploy_stack(account, DRAINS)
    ec2 = keep(stack)
    (instance,) = booted(wait_booted(ec2, 1))

    stack.set_desired(0)

    wait_booted(ec2, 0)
    wait_until(lambda: "drained" in instance.log.read_text(), "the instance has drained")


def test_should_say_why_and_wait_longer_when_instances_end_while_booting(
    account: Account, keep: Keep
) -> None:
    ec2 = keep(deploy_stack(account, BROKEN))
    (members,) = ec2.groups

    wait_until(lambda: members.early_ends.count > MIN_EARLY_ENDS, "several instances have ended")

    (problem,) = ec2.problems()
    assert "with exit code 5" in problem
    log = Path(problem.rpartition("see ")[2])
    assert log.read_text() == "no such package\n"


def test_should_report_no_problem_when_an_instance_ended_once(account: Account, keep: Keep) -> None:
    ec2 = keep(deploy_stack(account, SERVES))
    (instance,) = booted(wait_booted(ec2, 1))

    kill(instance)

    (members,) = ec2.groups
    wait_until(lambda: instance not in members.instances, "the instance has ended")
    wait_booted(ec2, 1)
    assert ec2.problems() == []


def test_should_be_a_target_when_its_group_is_attached(account: Account, keep: Keep) -> None:
    stack = deploy_stack(account, SERVES)
    ec2 = keep(stack)
    (instance,) = booted(wait_booted(ec2, 1))
    (arn,) = stack.group.target_group_arns

    assert [target.port for target in ec2.targets(arn)] == [instance.port]
    assert ec2.targets("another") == []


@pytest.mark.parametrize(
    ("health", "replaced"), [(("ELB", 0), True), (("ELB", 600), False), (("EC2", 0), False)]
)
def test_should_replace_an_instance_when_the_load_balancer_finds_it_unhealthy(
    account: Account, keep: Keep, health: tuple[str, int], replaced: bool
) -> None:
    stack = deploy_stack(account, SERVES, desired=2, health=health)
    ec2 = keep(stack)
    ill, well = booted(wait_booted(ec2, 2))

    ec2.unhealthy = lambda: [ill.id]
    (members,) = ec2.groups
    if replaced:
        wait_until(lambda: ill not in members.running, "the unhealthy one is terminated")
    else:
        stack.set_desired(3)  # seen in the same round as the health

    assert (ill in booted(wait_booted(ec2, 2 if replaced else 3))) is not replaced
    assert well in members.running


def test_should_leave_nothing_when_stopped(account: Account, keep: Keep) -> None:
    ec2 = keep(deploy_stack(account, SERVES, desired=2))
    instances = booted(wait_booted(ec2, 2))
    environment = (instances[0].root / "booted").read_text()
    variables = dict(line.split("=", 1) for line in environment.splitlines())

    ec2.stop()

    assert all(instance.process.exit_code is not None for instance in instances)
    assert not any(instance.root.exists() for instance in instances)
    answer = httpx.get(
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        headers={"Authorization": variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]},
        timeout=30,
    )
    assert answer.status_code == 403
