"""The thread that deletes what is unused goes on after a fault."""

import threading

import pytest

from runtime.web.services.variants import sweeping


def test_should_try_again_when_a_sweep_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "EVERY_SECONDS", 0.001)
    swept = threading.Semaphore(0)

    def sweep() -> None:
        swept.release()
        raise PermissionError

    sweeping.start(sweep)
    assert all(swept.acquire(timeout=30) for _ in range(3))
