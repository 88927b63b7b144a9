"""The page of the scaling."""

from datetime import UTC, datetime

import httpx
import pytest

from local.aws.autoscaling.activities import Activity
from local.aws.console_page import REFRESH_SECONDS, ConsolePage, page
from local.host.http_server import LoopThread
from local.host.run_state import AlarmRecord, GroupRecord, ScalingRecord

RECORD = ScalingRecord(
    time_scale=20,
    groups=(GroupRecord(group="annotator", minimum=2, maximum=10, desired=3, running=2),),
    alarms=(
        AlarmRecord(group="annotator", title="high", state="ALARM", value=14, condition="X > 10"),
    ),
    activities=(
        Activity(
            time=datetime(2026, 11, 22, 13, 17, 24, tzinfo=UTC),
            group="annotator",
            capacity_from=2,
            capacity_to=3,
            cause="alarm high in ALARM at 14",
        ),
    ),
)


def test_should_show_groups_alarms_and_causes_when_they_scale(servers: LoopThread) -> None:
    with ConsolePage(lambda: RECORD, servers) as console:
        answer = httpx.get(console.url, timeout=30)

    assert answer.status_code == 200
    for cell in ("annotator", "high", "X &gt; 10", "2026-11-22 13:17:24Z", "3"):
        assert f"<td>{cell}</td>" in answer.text
    assert '<td class="ALARM">ALARM</td>' in answer.text
    assert "lasts 3 s" in answer.text


def activity(minute: int, cause: str) -> Activity:
    at = datetime(2026, 11, 22, 13, minute, 0, tzinfo=UTC)
    return Activity(time=at, group="web", capacity_from=2, capacity_to=3, cause=cause)


def test_should_show_the_newest_activity_first_when_there_are_several() -> None:
    activities = (activity(1, "the first"), activity(2, "the second"), activity(3, "the third"))

    text = page(RECORD.model_copy(update={"activities": activities}))

    order = [text.index(one.cause) for one in activities]
    assert order == sorted(order, reverse=True)


def test_should_show_a_cause_as_text_when_it_looks_like_markup() -> None:
    text = page(RECORD.model_copy(update={"activities": (activity(1, "<b>x</b> & y"),)}))

    assert "<b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt; &amp; y" in text


@pytest.mark.parametrize(
    ("state", "value", "shown"),
    [
        ("OK", 0.0035728, "<td>0.003573</td>"),
        ("ALARM", 5856.0, "<td>5856</td>"),
        ("INSUFFICIENT_DATA", None, "<td></td>"),
    ],
)
def test_should_show_state_and_newest_datapoint_when_an_alarm_has_them(
    state: str, value: float | None, shown: str
) -> None:
    alarm = RECORD.alarms[0].model_copy(update={"state": state, "value": value})

    text = page(RECORD.model_copy(update={"alarms": (alarm,)}))

    assert f'<td class="{state}">{state}</td>{shown}' in text


def test_should_be_loaded_again_and_again_when_it_is_left_open() -> None:
    assert f'http-equiv="refresh" content="{REFRESH_SECONDS}"' in page(RECORD)
    assert "http://" not in page(RECORD)


def test_should_show_what_changed_when_it_is_loaded_again(servers: LoopThread) -> None:
    records = iter([RECORD, RECORD.model_copy(update={"activities": ()})])

    with ConsolePage(lambda: next(records), servers) as console:
        first, second = (httpx.get(console.url, timeout=30).text for _ in range(2))

    assert "alarm high in ALARM at 14" in first
    assert "alarm high in ALARM at 14" not in second
