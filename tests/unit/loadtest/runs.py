"""A run to report of."""

from dataclasses import replace
from functools import partial

from loadtest.comparison import compare
from loadtest.history import Activity, Alarm, GroupSize, History, Snapshot
from loadtest.locust_files import Point
from loadtest.profiles import HOME, Figures
from loadtest.result import Result, Table
from loadtest.site_load import draw_site_load

START = 1_700_000_000.0

FIGURES = Figures(
    requests=29_000,
    failures=0,
    median_ms=4,
    average_ms=5.4,
    maximum_ms=1250,
    requests_per_s=96.04,
)

ACTIVITY = Activity(START + 60, "web", 2, 3, "alarm <High> in ALARM at 5856")


def history() -> History:
    alarm = Alarm("web", "High-Sum-HTTP-2XXs", "Sum of HTTPCode_Target_2XX_Count > 200", "OK")
    return History(
        tuple(
            Snapshot(
                time=START + second,
                groups=(GroupSize("web", 2 + (second >= 60), 2 + (second >= 62)),),
                alarms=(replace(alarm, state="ALARM" if second >= 60 else "OK"),),
                activities=(ACTIVITY,) if second >= 60 else (),
            )
            for second in range(0, 120, 2)
        )
    )


def result(seen: History | None = None, **changes: object) -> Result:
    recorded = history() if seen is None else seen
    points = [Point(int(START) + s, 200, 97.0, 0.0, (4.0, 9.0, 30.0)) for s in range(3, 120)]
    made = Result(
        name="home",
        title="Home page",
        facts=[("Site", "http://127.0.0.1:8000"), ("Machine", "2 cores")],
        figures=compare(FIGURES, HOME.original),
        history=recorded,
        fleets=("web",),
        draw=partial(
            draw_site_load,
            title="Home page: 200 users",
            points=points,
            history=recorded,
            fleets=("web",),
            start=START,
        ),
        tables=[Table("What failed", ("Error",), [("<script>alert(1)</script>",)])],
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields' own types
