"""Real instances: Debian, its systemd as PID 1, and what the launch templates give them.

Amazon Linux 2023 is the one part that this can't be: where boot.sh needs it, boot.sh says so.
"""

import json
import re

import pytest

from tests.boot.conftest import Booted
from tests.boot.instance import BOOT_LOG, BootedInstance
from tests.waiting import wait_until

pytestmark = pytest.mark.boot

EXPOSED_AT_MOST = 30
"""Tenths of what systemd-analyze calls exposure, from 0 to 100; above 50 it says medium."""

NOBODY = "192.0.2.99"


def health(instance: BootedInstance) -> dict[str, str]:
    said = instance.run("curl", "--silent", "http://127.0.0.1:8080/health").stdout
    answer: dict[str, str] = json.loads(said)
    return answer


def test_should_be_healthy_when_a_web_instance_has_booted(web: Booted) -> None:
    assert health(web.instance)["status"] == "ok"
    assert web.instance.property("gas@web.service", "ActiveState") == "active"
    assert web.instance.property("gas@web.service", "NRestarts") == "0"


def test_should_have_tried_the_engine_when_an_annotator_has_booted(annotator: Booted) -> None:
    """It annotates the bundle's sample before it says that it is ready."""
    for unit in ("gas@annotator.service", "gas-lifecycle.service"):
        assert annotator.instance.property(unit, "ActiveState") == "active"
    log = annotator.instance.read("/var/log/gas/annotator.log")
    messages = [json.loads(line)["message"] for line in log.splitlines()]
    assert [said for said in messages if said in ("bundle loaded", "polling")] == [
        "bundle loaded",
        "polling",
    ]


def test_should_reach_aws_and_nothing_else_when_it_has_booted(web: Booted) -> None:
    instance = web.instance
    assert instance.run("ip", "route").stdout == ""
    assert instance.run("ip", "-brief", "link").stdout.split()[0] == "lo"
    assert instance.run("curl", "--silent", "--head", web.emulator_url).stdout.startswith("HTTP")
    refused = instance.run("curl", "--silent", "--show-error", f"http://{NOBODY}", check=False)
    assert refused.returncode == 7, refused  # couldn't connect
    assert not re.search(r"pypi|https?://(?!192\.0\.2\.1|127\.)", instance.read(BOOT_LOG))


@pytest.mark.parametrize("fleet", ["web", "annotator"])
def test_should_signal_with_its_own_role_when_it_has_booted(
    fleet: str, request: pytest.FixtureRequest
) -> None:
    """On the laptop no deployment waits; that the role may signal shows in what is answered."""
    booted: Booted = request.getfixturevalue(fleet)
    log = booted.instance.read(BOOT_LOG)
    [refusal] = re.findall(r"\((\w+)\) when calling the SignalResource operation", log)
    assert refusal == "ValidationError", log
    assert "boot: no deployment took the signal SUCCESS" in log


@pytest.mark.parametrize(
    ("fleet", "unit"),
    [
        ("web", "gas@web.service"),
        ("annotator", "gas@annotator.service"),
        ("annotator", "gas-lifecycle.service"),
    ],
)
def test_should_be_sound_and_closed_when_systemd_reads_a_unit(
    fleet: str, unit: str, request: pytest.FixtureRequest
) -> None:
    instance: BootedInstance = request.getfixturevalue(fleet).instance
    verified = instance.run("systemd-analyze", "verify", "--man=no", unit)
    assert "gas" not in verified.stdout + verified.stderr
    instance.run("systemd-analyze", "security", f"--threshold={EXPOSED_AT_MOST}", unit)
    owner = "root" if unit == "gas-lifecycle.service" else "gas"
    pid = instance.property(unit, "MainPID")
    assert instance.run("stat", "--format=%U", f"/proc/{pid}").stdout.strip() == owner


def test_should_write_nowhere_but_its_temporary_folder_when_a_process_runs(web: Booted) -> None:
    instance = web.instance
    pid = instance.property("gas@web.service", "MainPID")
    user = instance.run("id", "--user", "gas").stdout.strip()
    script = "for d in /opt/gas /opt/gas/app /etc /var/log/gas /var/tmp; do "
    script += 'touch "$d/try" 2>/dev/null && echo "$d"; done; true'
    written = instance.run(
        *("nsenter", "--target", pid, "--mount", "--setuid", user, "bash", "-c", script)
    )
    assert written.stdout.split() == ["/var/tmp"]


def test_should_boot_again_when_its_user_data_run_again(web: Booted) -> None:
    before = web.instance.property("gas@web.service", "MainPID")
    web.instance.run("systemctl", "restart", "user-data")  # returns when the script has ended
    assert web.instance.read(BOOT_LOG).count("boot: booted after") == 2
    assert web.instance.property("gas@web.service", "MainPID") != before
    assert health(web.instance)["status"] == "ok"


def test_should_have_its_instance_replaced_when_a_process_is_given_up(web: Booted) -> None:
    """The emulator knows no SetInstanceHealth; that it is called shows all the same."""
    instance = web.instance
    for _ in range(6):
        instance.run("systemctl", "kill", "--signal=KILL", "gas@web.service", check=False)
        instance.run("systemctl", "restart", "--no-block", "gas@web.service", check=False)
    said = ""

    def asked() -> bool:
        nonlocal said
        said = instance.run("journalctl", "--unit=gas-unhealthy", "--no-pager").stdout
        return "the group wasn't told" in said

    wait_until(asked, "the group is asked for another instance")
    assert "a process was given up; the group is asked for another instance" in said
    assert "SetInstanceHealth" in said
    instance.run("systemctl", "reset-failed", "gas@web.service")
    instance.run("systemctl", "start", "gas@web.service")


def test_should_be_restarted_when_its_loop_stands_still(annotator: Booted) -> None:
    """With a shorter patience than the unit's, so that nobody waits for minutes."""
    instance, unit = annotator.instance, "gas-lifecycle.service"
    folder = f"/run/systemd/system/{unit}.d"
    instance.run("mkdir", "-p", folder)
    instance.run("bash", "-c", f"printf '[Service]\\nWatchdogSec=7\\n' > {folder}/short.conf")
    instance.run("systemctl", "daemon-reload")
    instance.run("systemctl", "restart", unit)
    before = instance.property(unit, "MainPID")
    instance.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", unit)
    wait_until(
        lambda: (
            instance.property(unit, "MainPID") not in (before, "0")
            and instance.property(unit, "ActiveState") == "active"
        ),
        "the watchdog has restarted it",
    )
    assert instance.property(unit, "NRestarts") == "1"


def test_should_drain_and_let_the_group_go_on_when_the_instance_is_terminated(
    annotator: Booted,
) -> None:
    instance = annotator.instance
    annotator.metadata.items["autoscaling/target-lifecycle-state"] = "Terminated"
    wait_until(
        lambda: (
            "the group may terminate this instance" in instance.read("/var/log/gas/lifecycle.log")
        ),
        "the group is told",
    )
    lines = [json.loads(line) for line in instance.read("/var/log/gas/lifecycle.log").splitlines()]
    assert lines[-1]["drained"] is True
    assert instance.property("gas@annotator.service", "ActiveState") == "inactive"
    log = instance.read("/var/log/gas/annotator.log")
    assert json.loads(log.splitlines()[-1])["message"] == "stopped"
    assert "polling failed" not in log
