"""The systemd unit of a process: what it may touch, and when it is given up."""

import configparser

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

SLOWEST_STOP_SECONDS = 25  # runtime/web/__main__.py; workers hand back after 20 s


def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "runtime/boot/gas@.service")
    return parser


def test_should_write_nowhere_but_its_own_temporary_folders_when_a_process_runs() -> None:
    service = unit()["Service"]
    assert {key: service[key] for key in HARDENED} == HARDENED
    assert "ReadWritePaths" not in service


def test_should_be_given_up_when_it_dies_again_and_again() -> None:
    assert int(unit()["Unit"]["StartLimitBurst"]) > 0
    assert unit()["Service"]["Restart"] == "on-failure"


def test_should_finish_its_work_when_it_is_stopped() -> None:
    assert int(unit()["Service"]["TimeoutStopSec"]) > SLOWEST_STOP_SECONDS


def test_should_use_the_disk_when_a_job_has_large_files() -> None:
    text = (ROOT / "runtime/boot/gas@.service").read_text()
    assert "Environment=TMPDIR=/var/tmp\n" in text
