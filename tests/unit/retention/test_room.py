"""Room on the disk: threads share it, and nobody takes what another one has."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from runtime.retention import room
from runtime.retention.room import Room

PATIENCE_SECONDS = 30.0


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.01)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@dataclass
class Guest:
    """Somebody who wants room, and is told when it is free."""

    room: Room
    wanted: int
    waits: threading.Event = field(default_factory=threading.Event)

    def stay(self) -> str:
        with self.room.taken(self.wanted, self.waits.set):
            return "waited" if self.waits.is_set() else "at once"


@pytest.mark.parametrize(("inside", "wanted"), [(0, 10), (4, 6), (10, 0), (0, 11)])
def test_should_be_let_in_at_once_when_there_is_room(inside: int, wanted: int) -> None:
    shared = Room(10)
    with shared.taken(inside, pytest.fail):
        assert Guest(shared, wanted).stay() == "at once"


@pytest.mark.parametrize(("inside", "wanted"), [(5, 6), (1, 10), (1, 11), (11, 1)])
def test_should_wait_when_there_is_no_room(
    pool: ThreadPoolExecutor, inside: int, wanted: int
) -> None:
    shared = Room(10)
    guest = Guest(shared, wanted)
    with shared.taken(inside, pytest.fail):
        staying = pool.submit(guest.stay)
        assert guest.waits.wait(PATIENCE_SECONDS)
        assert not staying.done()
    assert staying.result(PATIENCE_SECONDS) == "waited"


def test_should_leave_the_room_when_what_is_done_inside_fails() -> None:
    shared = Room(10)
    with pytest.raises(OSError, match="full"), shared.taken(10, pytest.fail):
        raise OSError("full")
    assert Guest(shared, 10).stay() == "at once"


def test_should_give_up_when_told_to_while_waiting() -> None:
    shared = Room(10)

    def stop() -> None:
        raise InterruptedError

    with shared.taken(10, pytest.fail), pytest.raises(InterruptedError), shared.taken(1, stop):
        pytest.fail("it was let in")
    assert Guest(shared, 10).stay() == "at once"
