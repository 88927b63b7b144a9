"""The page of the scaling."""

from datetime import UTC, datetime

import requests

from local.autoscaling.history import Activity
from local.console_page import ConsolePage
from local.loop import LoopThread
from local.run_state import AlarmRecord, GroupRecord, ScalingRecord

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
        answer = requests.get(console.url, timeout=30)

    assert answer.status_code == 200
    for cell in ("annotator", "high", "X &gt; 10", "2026-11-22 13:17:24Z", "3"):
        assert f"<td>{cell}</td>" in answer.text
    assert '<td class="ALARM">ALARM</td>' in answer.text
    assert "lasts 3 s" in answer.text


def test_should_say_so_when_nothing_scales_yet(servers: LoopThread) -> None:
    with ConsolePage(lambda: None, servers) as console:
        assert requests.get(console.url, timeout=30).status_code == 503
