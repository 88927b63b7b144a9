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


def test_should_tell_nobody_when_there_is_no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    started: list[object] = []
    monkeypatch.setattr(liveness, "_start", lambda run, port: started.append(run))
    liveness.watch(1)
    assert started == [liveness._ask_health]


def test_should_look_at_tables_and_buckets_again_and_again_when_it_serves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def answers(port: int, path: str, *, timeout_seconds: float) -> bool:
        asked.append(path)
        if len(asked) == 3:
            raise SystemExit
        return True

    monkeypatch.setattr(liveness, "answers", answers)
    monkeypatch.setattr(liveness, "HEALTH_EVERY_SECONDS", 0)
    with pytest.raises(SystemExit):
        liveness._ask_health(1)
    assert asked == ["/health"] * 3
