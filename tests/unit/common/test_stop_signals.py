"""A process that is asked to end: by real signals, one or thousands."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from runtime.common.stop_signals import Stopped, StopSignals

SIGNALS = 60_000


@pytest.fixture
def signals() -> Iterator[StopSignals]:
    """Who handles signals is afterwards as it was before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield StopSignals()
    for number, handler in before.items():
        signal.signal(number, handler)


def ask() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_should_call_once_and_elsewhere_when_asked_more_than_once(signals: StopSignals) -> None:
    called: list[str] = []
    done = threading.Event()

    def then() -> None:
        called.append(threading.current_thread().name)
        done.set()

    signals.take(then)
    assert not signals.asked

    ask()
    ask()

    assert signals.asked
    assert done.wait(30)
    assert called == ["stop-signals"]


def test_should_end_what_is_interruptible_when_asked_in_it(signals: StopSignals) -> None:
    signals.take(lambda: None)
    threading.Timer(0.1, ask).start()

    with pytest.raises(Stopped), signals.interruptible():
        time.sleep(600)


def test_should_not_begin_what_is_interruptible_when_asked_before(signals: StopSignals) -> None:
    signals.take(lambda: None)
    ask()
    begun = False

    with pytest.raises(Stopped), signals.interruptible():
        begun = True

    assert not begun


def test_should_go_on_when_asked_while_nothing_is_interruptible(signals: StopSignals) -> None:
    signals.take(lambda: None)
    with signals.interruptible():
        pass

    ask()

    assert signals.asked


def test_should_never_hang_when_a_signal_interrupts_the_handling_of_another(
    signals: StopSignals,
) -> None:
    signals.take(lambda: None)
    # From another process: a thread of this one would send only while the handler rests.
    storm = f"for i in $(seq {SIGNALS}); do kill -TERM {os.getpid()}; done"

    with subprocess.Popen(["bash", "-c", storm]) as sender:
        while sender.poll() is None:
            continue

    assert signals.asked
