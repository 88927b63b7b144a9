"""What was seen of the fleets while a load ran."""

import threading

from loadtest.history import Activity, Alarm, GroupSize, History, Recorder, Snapshot

HIGH = Alarm("web", "High", "requests > 200", "OK")
OUT = Activity(12.0, "web", 2, 3, "an alarm")
OLD = Activity(3.0, "web", 3, 2, "an alarm of before")


def snapshot(time: float, desired: int, *activities: Activity) -> Snapshot:
    groups = (GroupSize("web", desired, 2), GroupSize("annotator", 2, 2))
    return Snapshot(time, groups, (HIGH, Alarm("annotator", "Low", "x < 5", "ALARM")), activities)


def test_should_tell_each_capacity_once_when_it_stays_for_a_while() -> None:
    history = History(tuple(snapshot(at, n) for at, n in enumerate([2, 2, 3, 3, 2, 3])))

    assert history.desired_capacities("web") == [2, 3, 2, 3]
    assert history.desired_capacities("annotator") == [2]
    assert history.desired_capacities("restore") == []


def test_should_tell_each_activity_once_when_it_was_seen_again_and_again() -> None:
    history = History((snapshot(10, 2, OLD), snapshot(13, 3, OLD, OUT), snapshot(14, 3, OUT)))

    assert history.activities(["web"]) == [OUT]
    assert history.activities(["annotator"]) == []


def test_should_name_each_alarm_of_the_fleets_once_when_there_are_several() -> None:
    history = History((snapshot(10, 2), snapshot(11, 2)))

    assert history.alarms(["web"]) == [HIGH]
    assert [alarm.title for alarm in history.alarms(["web", "annotator"])] == ["High", "Low"]


def test_should_look_until_the_end_when_it_records() -> None:
    seen_twice = threading.Event()
    looks: list[Snapshot | None] = [None, snapshot(1, 2), snapshot(2, 3)]

    def look() -> Snapshot | None:
        if len(looks) == 1:
            seen_twice.set()
        return looks.pop(0) if looks else None

    with Recorder(look, seconds=0.001) as recorder:
        assert seen_twice.wait(10)

    assert recorder.history.desired_capacities("web") == [2, 3]
