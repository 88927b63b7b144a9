"""The systemd unit of a process: what it may touch, and when it is given up."""

import configparser
import json
import re
import subprocess
import sys

import pytest

from runtime.boot.cloudwatch_agent import SPANS, configuration
from runtime.common import worker
from runtime.common.process import EXIT_CONFIG
from runtime.contract import site
from runtime.contract.boot import ROOT as INSTANCE_ROOT
from runtime.contract.processes import AGENT_TRACES_URL
from runtime.contract.site import HEALTH_PATH, HTTP_PORT
from tests.stacks.synthesis import ROOT

HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "User": "gas",
}
"""What systemd.exec(5) offers, and the process needs nothing beyond."""

SLOWEST_STOP_SECONDS = max(site.DRAIN_SECONDS, worker.DRAIN_SECONDS)

BOOT = ROOT / "runtime/boot"
BOOT_SCRIPT = (BOOT / "boot.sh").read_text()


def unit(name: str = "gas@.service") -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(BOOT / name)
    return parser


def test_should_write_nowhere_but_its_own_temporary_folders_when_a_process_runs() -> None:
    service = unit()["Service"]
    assert {key: service[key] for key in HARDENED} == HARDENED
    assert "ReadWritePaths" not in service


def test_should_listen_where_the_load_balancer_asks_when_it_is_started() -> None:
    assert f" GAS_HTTP_PORT={HTTP_PORT}\n" in (BOOT / "gas@.service").read_text()


def test_should_ask_the_page_that_the_load_balancer_asks_when_an_instance_boots() -> None:
    script = (BOOT / "boot.sh").read_text()
    assert f'"http://127.0.0.1:$GAS_HTTP_PORT{HEALTH_PATH}"' in script


@pytest.mark.parametrize("name", sorted(path.name for path in BOOT.glob("*.service")))
def test_should_lie_where_user_data_puts_it_when_a_unit_names_a_file(name: str) -> None:
    assert set(re.findall(r"/opt/\w+", (BOOT / name).read_text())) == {INSTANCE_ROOT}


def test_should_be_given_up_when_it_dies_again_and_again() -> None:
    assert int(unit()["Unit"]["StartLimitBurst"]) > 0
    assert unit()["Service"]["Restart"] == "on-failure"


def test_should_finish_its_work_when_it_is_stopped() -> None:
    assert int(unit()["Service"]["TimeoutStopSec"]) > SLOWEST_STOP_SECONDS


def test_should_use_the_disk_when_a_job_has_large_files() -> None:
    text = (ROOT / "runtime/boot/gas@.service").read_text()
    assert "Environment=TMPDIR=/var/tmp\n" in text


LONGEST_POLL_SECONDS = 255
"""Five tries of SQS, each 30 s of waiting and 5 s of connecting, with up to 20 s between them."""


@pytest.mark.parametrize(
    ("name", "longest"), [("gas@.service", LONGEST_POLL_SECONDS), ("gas-lifecycle.service", 60)]
)
def test_should_be_restarted_when_its_loop_stands_still(name: str, longest: int) -> None:
    service = unit(name)["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > longest


def test_should_not_be_restarted_when_its_environment_is_wrong() -> None:
    assert int(unit()["Service"]["RestartPreventExitStatus"]) == EXIT_CONFIG


def test_should_have_its_instance_replaced_when_it_is_given_up() -> None:
    assert unit()["Unit"]["OnFailure"] == "gas-unhealthy.service"
    command = unit("gas-unhealthy.service")["Service"]["ExecStart"].split()[-1]
    assert (BOOT / command.removeprefix("/opt/gas/app/runtime/boot/")).is_file()


def test_should_have_no_capability_when_root_watches_for_the_end() -> None:
    service = unit("gas-lifecycle.service")["Service"]
    expected = {key: value for key, value in HARDENED.items() if key != "User"}
    assert {key: service[key] for key in expected} == expected


@pytest.mark.parametrize("name", ["gas@.service", "gas-lifecycle.service"])
def test_should_write_its_log_where_the_agent_reads_it(name: str) -> None:
    written = unit(name)["Service"]["StandardOutput"].removeprefix("append:")
    process = "web" if "@" in name else "lifecycle"
    [_, *read] = configuration("/group", [process])["logs"]["logs_collected"]["files"][
        "collect_list"
    ]
    assert [log["file_path"] for log in read] == [written.replace("%i", process)]


def test_should_be_a_stream_of_the_instance_when_a_log_is_sent() -> None:
    logs = configuration("/group", ["web"])["logs"]["logs_collected"]["files"]["collect_list"]
    assert {log["log_group_name"] for log in logs} == {"/group"}
    assert [log["log_stream_name"] for log in logs] == ["{instance_id}/boot", "{instance_id}/web"]


def test_should_take_spans_where_processes_send_them_when_there_are_traces() -> None:
    collected = configuration("/group", ["web"], traces=True)["traces"]["traces_collected"]
    assert collected == {"otlp": SPANS}
    assert f"http://{SPANS['http_endpoint']}/v1/traces" == AGENT_TRACES_URL
    assert "traces" not in configuration("/group", ["web"])


@pytest.mark.parametrize("url", ["", AGENT_TRACES_URL])
def test_should_tell_the_agent_of_traces_when_the_stage_has_them(url: str) -> None:
    """The command is the one of boot.sh, run by a shell with and without the variable."""
    [command] = re.findall(r"python3 (\"\$BOOT/cloudwatch_agent.py\".*?) \\\n", BOOT_SCRIPT)
    ran = subprocess.run(
        ["bash", "-euc", f"exec {sys.executable} {command}", "bash", "web"],
        env={"BOOT": str(BOOT), "GAS_LOG_GROUP": "/group", "GAS_TRACES_URL": url},
        capture_output=True,
        check=True,
    )
    assert ("traces" in json.loads(ran.stdout)) == bool(url)
