"""When the server counts as alive."""

import socket

import pytest

from runtime.web import liveness
from tests.emulator import free_port
from tests.metadata import played_metadata


def test_should_be_alive_when_it_answers_anything() -> None:
    with played_metadata() as refusing:  # it knows no /health, and says so
        assert liveness.answers(refusing.port)


def test_should_not_be_alive_when_nobody_listens() -> None:
    assert not liveness.answers(free_port())


def test_should_not_be_alive_when_it_takes_the_request_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        port = int(hung.getsockname()[1])
        assert not liveness.answers(port, timeout_seconds=0.1)


def test_should_start_no_thread_when_there_is_no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    asked: list[int] = []
    monkeypatch.setattr(liveness, "_watch", asked.append)
    liveness.watch(1)
    assert asked == []
