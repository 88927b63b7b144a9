"""What systemd hears."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.common import systemd
from tests.notified import Notified, notified


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notified]:
    with notified(tmp_path) as listening:
        monkeypatch.setenv(systemd.SOCKET, str(listening.path))
        yield listening


def test_should_say_that_it_is_ready_and_alive_when_there_is_a_systemd(heard: Notified) -> None:
    systemd.ready()
    systemd.alive()
    assert heard.all() == ["READY=1", "WATCHDOG=1"]


def test_should_ask_for_more_time_when_it_is_still_starting(heard: Notified) -> None:
    systemd.starting(300.0)
    assert heard.all() == ["EXTEND_TIMEOUT_USEC=300000000"]


def test_should_say_nothing_when_there_is_no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(systemd.SOCKET, raising=False)
    systemd.ready()


def test_should_go_on_when_nobody_listens_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(systemd.SOCKET, str(tmp_path / "gone"))
    systemd.alive()


@pytest.mark.parametrize(("limit", "expected"), [(3600.0, ["WATCHDOG=1"]), (0.0, [])])
def test_should_say_no_more_when_work_takes_longer_than_it_may(
    heard: Notified, limit: float, expected: list[str]
) -> None:
    pulse = systemd.Pulse(limit)
    time.sleep(0.001)
    pulse()
    assert heard.all() == expected
