"""A state of the scaling, for the tests of its page."""

from datetime import UTC, datetime

from local.aws.autoscaling.activities import Activity
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
            cause="alarm high in ALARM at <b>14</b>",
        ),
    ),
)
