"""Instances are booted, replaced and terminated as their group's capacity says."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from local.aws.account import Account
from local.aws.credentials import CredentialsServer
from local.aws.ec2.ec2_instances import DEATHS_THAT_TELL, Fleets
from local.aws.ec2.group_instances import Fleet
from local.aws.ec2.instance import Instance
from local.host.folder import Folder
from local.host.http_server import LoopThread
from tests.unit.local.aws.stack import DeployedStack, deploy_stack
from tests.unit.local.waiting import wait_until

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

Keep = Callable[[DeployedStack], Fleets]


@pytest.fixture
def keep(account: Account, folder: Folder, servers: LoopThread) -> Iterator[Keep]:
    """Keeps the fleet of a stack until the test ends."""
    credentials = CredentialsServer(account.client("sts"), servers)
    credentials.start()
    running: list[Fleets] = []

    def start(stack: DeployedStack) -> Fleets:
        fleets = Fleets(
            folder=folder, account=account, credentials=credentials, groups=[stack.group]
        )
        running.append(fleets)
        fleets.start()
        return fleets

    yield start
    for fleets in running:
        fleets.stop()
    credentials.stop()


def booted(fleet: Fleet) -> list[Instance]:
    return [instance for instance in fleet.running if (instance.root / "booted").exists()]


def wait_booted(fleets: Fleets, count: int) -> Fleet:
    (fleet,) = fleets.fleets
    wait_until(lambda: len(booted(fleet)) == len(fleet.running) == count, f"{count} are booted")
    return fleet


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
    fleets = keep(stack)
    wait_booted(fleets, 1)

    stack.set_desired(9)
    oldest = wait_booted(fleets, 3).running[0]

    stack.set_desired(2)
    fleet = wait_booted(fleets, 2)
    assert oldest not in fleet.running


def test_should_replace_an_instance_when_its_process_is_killed(
    account: Account, keep: Keep
) -> None:
    fleets = keep(deploy_stack(account, SERVES, desired=2))
    victim, survivor = booted(wait_booted(fleets, 2))

    kill(victim)

    (fleet,) = fleets.fleets
    wait_until(lambda: victim not in fleet.instances, "the killed instance is known to be")
    after = booted(wait_booted(fleets, 2))
    assert survivor in after
    assert not victim.root.exists()


def test_should_let_an_instance_end_in_order_when_it_is_terminated(
    account: Account, keep: Keep
) -> None:
    stack = deploy_stack(account, DRAINS)
    fleets = keep(stack)
    (instance,) = booted(wait_booted(fleets, 1))

    stack.set_desired(0)

    wait_booted(fleets, 0)
    wait_until(lambda: "drained" in instance.log.read_text(), "the instance has drained")


def test_should_say_why_and_wait_longer_when_instances_end_while_booting(
    account: Account, keep: Keep
) -> None:
    fleets = keep(deploy_stack(account, BROKEN))
    (fleet,) = fleets.fleets

    wait_until(lambda: fleet.trouble.deaths > DEATHS_THAT_TELL, "several instances have ended")

    (trouble,) = fleets.troubles()
    assert "with exit code 5" in trouble
    log = Path(trouble.rpartition("see ")[2])
    assert log.read_text() == "no such package\n"


def test_should_have_no_troubles_when_an_instance_ended_once(account: Account, keep: Keep) -> None:
    fleets = keep(deploy_stack(account, SERVES))
    (instance,) = booted(wait_booted(fleets, 1))

    kill(instance)

    (fleet,) = fleets.fleets
    wait_until(lambda: instance not in fleet.instances, "the instance has ended")
    wait_booted(fleets, 1)
    assert fleets.troubles() == []


def test_should_be_a_target_when_its_group_is_attached(account: Account, keep: Keep) -> None:
    stack = deploy_stack(account, SERVES)
    fleets = keep(stack)
    (instance,) = booted(wait_booted(fleets, 1))
    (arn,) = stack.group.target_group_arns

    assert [target.port for target in fleets.targets(arn)] == [instance.port]
    assert fleets.targets("another") == []


@pytest.mark.parametrize(
    ("health", "replaced"), [(("ELB", 0), True), (("ELB", 600), False), (("EC2", 0), False)]
)
def test_should_replace_an_instance_when_the_load_balancer_finds_it_unhealthy(
    account: Account, keep: Keep, health: tuple[str, int], replaced: bool
) -> None:
    stack = deploy_stack(account, SERVES, desired=2, health=health)
    fleets = keep(stack)
    ill, well = booted(wait_booted(fleets, 2))

    fleets.unhealthy = lambda: [ill.id]
    (fleet,) = fleets.fleets
    if replaced:
        wait_until(lambda: ill not in fleet.running, "the unhealthy one is terminated")
    else:
        stack.set_desired(3)  # seen in the same round as the health

    assert (ill in booted(wait_booted(fleets, 2 if replaced else 3))) is not replaced
    assert well in fleet.running


def test_should_leave_nothing_when_the_fleets_stop(account: Account, keep: Keep) -> None:
    fleets = keep(deploy_stack(account, SERVES, desired=2))
    instances = booted(wait_booted(fleets, 2))
    environment = (instances[0].root / "booted").read_text()
    variables = dict(line.split("=", 1) for line in environment.splitlines())

    fleets.stop()

    assert all(instance.process.exit_code is not None for instance in instances)
    assert not any(instance.root.exists() for instance in instances)
    answer = requests.get(
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        headers={"Authorization": variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]},
        timeout=30,
    )
    assert answer.status_code == 403
