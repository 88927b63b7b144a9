"""The load test of the annotators, from the first job until the fleet is back at its size."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from matplotlib.ticker import MaxNLocator

from loadtest.annotator_load import AnnotatorLoad, PublishedJob
from loadtest.comparison import Row
from loadtest.deployment import Deployment
from loadtest.history import History, Look, Recorder, now
from loadtest.panels import (
    draw_alarms,
    draw_capacity,
    strips_height,
)
from loadtest.result import INTERRUPTED, Result, Table, machine, today
from loadtest.rhythm import Rhythm
from loadtest.signals import uninterrupted
from scaling.simulate.chart_panels import BLUE, GREEN, label, legend
from scaling.simulate.panel_figure import PANEL_IN, make_panels, save

FLEET = "annotator"

SETTLE_S, BOOT_SECONDS = 900.0, 120.0
"""For the fleet to scale in after the last job: seconds of the alarms' clock, and of the wall
clock, by which instances boot."""

LOOK_SECONDS = 1.0
"""How often the newest snapshot is read and progress is shown."""

QUIET = (
    "No alarm changed the fleet's size. By the original's rules, a rhythm that never has more than "
    "ten jobs in 300 s changes nothing."
)


@dataclass(frozen=True, kw_only=True)
class Annotators:
    """The annotators under test.

    `vcf` is the input of every job, and `reference` the name of its reference. `look` returns the
    state of the fleets. `scale` is how many times as fast as the wall clock the rhythm runs; `pace`
    says in words how fast the alarms run.
    """

    deployment: Deployment
    vcf: Path
    reference: str
    look: Look
    scale: int
    pace: str


def load_annotators(rhythm: Rhythm, to: Annotators, show: Callable[[str], None]) -> Result:
    """Publish jobs in a rhythm, wait until they and the scaling have ended, and remove the jobs.

    Args:
        rhythm: when jobs are published.
        to: the annotators that get them.
        show: called with a line about the progress.
    """
    started = now()
    whole = False
    left: list[str] = []
    with Recorder(to.look) as recorder:

        def tell(sent: Sequence[PublishedJob]) -> None:
            show(_progress(sent, rhythm, recorder.history))

        load = AnnotatorLoad(
            to.deployment, vcf=to.vcf, reference=to.reference, scale=to.scale, show=tell
        )
        try:
            load.run(rhythm)
            _settle(recorder, BOOT_SECONDS + SETTLE_S / to.scale, lambda: tell(load.sent))
            whole = True
        except KeyboardInterrupt:
            show("ended early; waiting for the jobs in progress")
        finally:
            with uninterrupted():
                load.finish()
                left = load.remove()
    faults = [*_faults(rhythm, load.sent, whole=whole), *left]
    return _result(rhythm, to, load.sent, recorder.history, started=started, faults=faults)


def _settle(recorder: Recorder, seconds: float, tell: Callable[[], None]) -> None:
    """Wait until desired and running instances are as many as at the beginning."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sizes = [
            (group.desired, group.running)
            for snapshot in recorder.history.snapshots
            for group in snapshot.groups
            if group.name == FLEET
        ]
        if sizes and sizes[-1] == (sizes[0][0], sizes[0][0]):
            return
        tell()
        time.sleep(LOOK_SECONDS)


def _progress(sent: Sequence[PublishedJob], rhythm: Rhythm, history: History) -> str:
    completed = sum(job.completed for job in sent)
    capacities = " -> ".join(map(str, history.desired_capacities(FLEET)))
    return f"{len(sent)} of {rhythm.jobs} jobs, {completed} COMPLETED, annotators {capacities}"


def _result(
    rhythm: Rhythm,
    to: Annotators,
    sent: Sequence[PublishedJob],
    history: History,
    *,
    started: float,
    faults: Sequence[str],
) -> Result:
    start = sent[0].published if sent else started
    return Result(
        name="annotator",
        title="Annotators",
        facts=(
            ("Rhythm", str(rhythm)),
            ("Pace", f"the rhythm ran {to.scale} times as fast as real time"),
            ("Alarms", to.pace),
            ("Input", to.vcf.name),
            ("Machine", machine()),
            ("Begun", today(started)),
        ),
        figures=_figures(sent, history),
        history=history,
        fleets=(FLEET,),
        draw=partial(draw_annotator_load, sent=sent, history=history, start=start),
        tables=[_jobs_table(sent, start)],
        faults=faults,
        notes=_notes(history),
    )


def draw_annotator_load(
    file: Path, *, sent: Sequence[PublishedJob], history: History, start: float
) -> None:
    """Draw the jobs, their durations, the capacity and the alarms; raises OSError."""
    alarms = history.alarms([FLEET])
    end = math.ceil(max([start, *(s.time for s in history.snapshots)]) - start)
    heights = [PANEL_IN, PANEL_IN, PANEL_IN, strips_height(alarms)]
    figure, axes = make_panels("Annotators: jobs in the original's rhythm", heights)
    published = sorted(job.published - start for job in sent)
    ended = sorted(job.ended - start for job in sent if job.ended is not None)
    for times, colour, name in ((published, BLUE, "published"), (ended, GREEN, "ended")):
        counts = [*range(len(times) + 1), len(times)]
        axes[0].step([0, *times, end], counts, where="post", color=colour, lw=1.3, label=name)
    axes[0].yaxis.set_major_locator(MaxNLocator(integer=True))
    label(axes[0], "jobs")
    legend(axes[0])
    took = [(job.published - start, job.ended - job.published) for job in sent if job.ended]
    axes[1].plot(*zip(*took, strict=True) if took else ((), ()), "o", color=BLUE, ms=3)
    axes[1].set_ylim(bottom=0)
    label(axes[1], "published\nto ended (s)")
    draw_capacity(axes[2], history, FLEET, start)
    draw_alarms(axes[3], history, alarms, start)
    save(figure, axes, file, end=end, unit="seconds")


def _figures(sent: Sequence[PublishedJob], history: History) -> list[Row]:
    took = [job.ended - job.published for job in sent if job.ended is not None]
    late = [job.late for job in sent]
    return [
        Row("jobs published", str(len(sent))),
        Row("jobs COMPLETED", str(sum(job.completed for job in sent))),
        Row("published after its time, longest", f"{max(late):.1f} s" if late else "-"),
        Row("published to ended, median", f"{median(took):.1f} s" if took else "-"),
        Row("published to ended, longest", f"{max(took):.1f} s" if took else "-"),
        Row("annotators", " → ".join(map(str, history.desired_capacities(FLEET)))),
    ]


def _faults(rhythm: Rhythm, sent: Sequence[PublishedJob], *, whole: bool) -> list[str]:
    faults = [] if whole else [INTERRUPTED]
    if whole and len(sent) != rhythm.jobs:
        faults.append(f"{len(sent)} jobs were published, not {rhythm.jobs}.")
    faults += [
        f"The job {job.job_id} is {job.status}, not COMPLETED{f': {job.error}' * bool(job.error)}."
        for job in sent
        if not job.completed
    ]
    return faults


def _notes(history: History) -> list[str]:
    return [QUIET] if len(history.desired_capacities(FLEET)) <= 1 else []


def _jobs_table(sent: Sequence[PublishedJob], start: float) -> Table:
    rows = [
        (
            job.job_id,
            f"{job.published - start:.1f}",
            "-" if job.ended is None else f"{job.ended - job.published:.1f}",
            job.status.value,
        )
        for job in sent
    ]
    columns = ("Job", "Published, second", "Took, s", "Status")
    return Table("Jobs", columns, rows, frozenset({1, 2}))
