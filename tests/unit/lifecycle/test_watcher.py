"""The end of an instance: noticed, drained, told."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from runtime.common.instance import Metadata, MetadataError
from runtime.lifecycle.watcher import INTERRUPTION, TARGET_STATE, Watcher
from tests.metadata import PlayedMetadata, played_metadata

WITHIN_SECONDS = 120


@dataclass
class Instance:
    """What was done, in its order."""

    played: PlayedMetadata
    drains_in_order: bool = True
    done: list[str] = field(default_factory=list)
    refusals: int = 0
    after_drain: Callable[[], None] = lambda: None

    def drain(self) -> bool:
        self.done.append("drain")
        self.after_drain()
        return self.drains_in_order

    def complete(self, drained: bool) -> None:
        if self.refusals:
            self.refusals -= 1
            raise MetadataError("not now")
        self.done.append(f"complete {drained}")

    def watch(self) -> None:
        """Until it has ended by itself."""
        watcher = Watcher(
            metadata=Metadata(self.played.environment),
            drain=self.drain,
            complete=self.complete,
            poll_seconds=0.01,
        )
        thread = threading.Thread(target=watcher.run, daemon=True)
        thread.start()
        thread.join(WITHIN_SECONDS)
        assert not thread.is_alive(), "it still watches"


@pytest.fixture
def instance() -> Iterator[Instance]:
    with played_metadata() as played:
        yield Instance(played)


def set_after(instance: Instance, looks: int, item: str, value: str) -> None:
    """Have `item` say InService for so many looks, and then `value`."""
    left = [looks]

    def ask() -> str:
        left[0] -= 1
        return "InService" if left[0] >= 0 else value

    instance.played.items[item] = ask


def test_should_drain_and_tell_the_group_when_it_terminates_the_instance(
    instance: Instance,
) -> None:
    set_after(instance, 3, TARGET_STATE, "Terminated")
    instance.watch()
    assert instance.done == ["drain", "complete True"]


def test_should_say_so_when_a_process_did_not_end_in_order(instance: Instance) -> None:
    instance.drains_in_order = False
    instance.played.items[TARGET_STATE] = "Terminated"
    instance.watch()
    assert instance.done == ["drain", "complete False"]


def test_should_tell_the_group_again_when_it_could_not_be_told(instance: Instance) -> None:
    instance.refusals = 2
    instance.played.items[TARGET_STATE] = "Terminated"
    instance.watch()
    assert instance.done == ["drain", "complete True"]


def test_should_drain_at_once_and_once_when_a_spot_instance_is_taken_back(
    instance: Instance,
) -> None:
    instance.played.items[INTERRUPTION] = '{"action": "terminate"}'
    instance.after_drain = lambda: set_after(instance, 3, TARGET_STATE, "Terminated")
    instance.watch()
    assert instance.done == ["drain", "complete True"]


def test_should_watch_on_when_the_metadata_cannot_be_read_for_a_while(instance: Instance) -> None:
    instance.played.refuses = True
    threading.Timer(0.1, lambda: setattr(instance.played, "refuses", False)).start()
    instance.played.items[TARGET_STATE] = "Terminated"
    instance.watch()
    assert instance.done == ["drain", "complete True"]


def test_should_do_nothing_when_it_is_told_to_stop(instance: Instance) -> None:
    watcher = Watcher(
        metadata=Metadata(instance.played.environment),
        drain=instance.drain,
        complete=instance.complete,
    )
    watcher.stop.set()
    watcher.run()
    assert instance.done == []
