"""Groups as their policies see them: warming, in service, terminating."""

from types import SimpleNamespace
from typing import Any

import pytest

from local.aws.autoscaling.capacity import InService, group_of
from local.aws.ec2.auto_scaling_groups import Capacity
from local.aws.ec2.group_instances import GroupInstances
from local.aws.ec2.instance import InstanceState
from scaling.group_capacity import GroupCapacity

CAPACITY = Capacity(minimum=1, maximum=5, desired=3)


def members(**states: InstanceState) -> GroupInstances:
    instances: list[Any] = [SimpleNamespace(id=key, state=state) for key, state in states.items()]
    made = GroupInstances.__new__(GroupInstances)
    made.instances = instances
    return made


def test_should_warm_up_from_the_time_of_service_when_launched_later() -> None:
    serving = InService()
    serving.observe(["old"], now_s=1000)
    serving.observe(["old", "new"], now_s=1100)
    serving.observe(["old", "new"], now_s=1200)

    assert serving.warm(1219, 120) == {"old"}
    assert serving.warm(1220, 120) == {"old", "new"}


def test_should_warm_up_again_when_an_instance_was_out_of_service() -> None:
    serving = InService()
    serving.observe(["a"], now_s=0)
    serving.observe([], now_s=10)
    serving.observe(["a"], now_s=20)

    assert serving.warm(139, 120) == set()
    assert "a" in serving


RUNNING, ENDING = InstanceState.RUNNING, InstanceState.SHUTTING_DOWN
GROUPS: dict[str, tuple[dict[str, InstanceState], set[str], tuple[int, int]]] = {
    "all warm": ({"a": RUNNING, "b": RUNNING, "c": RUNNING}, {"a", "b", "c"}, (0, 0)),
    "one warming": ({"a": RUNNING, "b": RUNNING, "c": RUNNING}, {"a", "b"}, (1, 0)),
    "one not launched yet": ({"a": RUNNING, "b": RUNNING}, {"a", "b"}, (1, 0)),
    "one going": ({"x": ENDING, "a": RUNNING, "b": RUNNING, "c": RUNNING}, set("abc"), (0, 1)),
    "one that goes is no capacity": ({"a": ENDING, "b": RUNNING}, {"a", "b"}, (2, 1)),
    "one too many": (dict.fromkeys("abcd", RUNNING), set("abcd"), (0, 0)),
}


@pytest.mark.parametrize(("states", "warm", "expected"), GROUPS.values(), ids=GROUPS)
def test_should_tell_warming_from_terminating_when_policies_ask(
    states: dict[str, InstanceState], warm: set[str], expected: tuple[int, int]
) -> None:
    warming, terminating = expected

    assert group_of(members(**states), CAPACITY, warm) == GroupCapacity(
        minimum=1, maximum=5, desired=3, warming=warming, terminating=terminating
    )
