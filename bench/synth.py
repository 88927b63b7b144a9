"""`./gas bench synth`: the synthesis of all stacks against that of an empty CDK app."""

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, computed_field
from rich.console import Console

from bench.report import Machine, Result, Row, Series, now, publish, require_runs, series
from local.commands.stage import describe, synthesis_environment
from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder, cdk_cli
from local.progress import Steps

MAX_RATIO = 4.0
RUN_SECONDS = 900.0

EMPTY_APP = """\
import aws_cdk as cdk

app = cdk.App()
# The least that a valid stack needs.
cdk.CfnWaitConditionHandle(cdk.Stack(app, "Empty"), "Nothing")
app.synth()
"""


class Pair(BaseModel):
    """Seconds of the empty app and of all stacks, measured in turn."""

    model_config = ConfigDict(frozen=True)

    empty_seconds: Series
    stacks_seconds: Series

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated property
    @property
    def ratio(self) -> float:
        """All stacks divided by the empty app, medians."""
        return self.stacks_seconds.median / self.empty_seconds.median

    def milliseconds_a_resource(self, resources: int) -> float:
        """The milliseconds that a resource adds to the empty app."""
        added = self.stacks_seconds.median - self.empty_seconds.median
        return 1000 * added / resources


class SynthResult(Result):
    """All figures."""

    stage: str
    resources: int
    cold: Pair
    warm: Pair
    validated: Pair


@dataclass(frozen=True)
class App:
    """A CDK app, and the folder for its cloud assembly."""

    folder: Path
    out: Path
    context: tuple[str, ...] = ()


@dataclass
class _Seconds:
    empty: list[float] = field(default_factory=list)
    stacks: list[float] = field(default_factory=list)

    def pair(self) -> Pair:
        return Pair(empty_seconds=series(self.empty), stacks_seconds=series(self.stacks))


def bench_synth(*, stage: str, runs: int, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: there are fewer than MIN_RUNS runs, or a synthesis failed.
    """
    require_runs(runs)
    describe(stage)
    with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        folder = Path(name)
        empty = _empty_app(folder)
        stacks = App(REPOSITORY, folder / "stacks.out", ("-c", f"stage={stage}"))
        with steps.step("Cold: nothing cached, the assets are made"):
            cold = _Seconds()
            _in_turn(cold, empty, stacks, _cold_environment(folder))
        warm, validated = _warm(empty, stacks, runs, steps)
        resources = count_resources(stacks.out)
    result = SynthResult(
        measured_at=now(),
        machine=Machine.this(),
        stage=stage,
        resources=resources,
        cold=cold.pair(),
        warm=warm.pair(),
        validated=validated.pair(),
    )
    title = f"Stage {stage}, medians of {runs} runs"
    publish(result, rows(result), title=title, out=out, console=console)


def _empty_app(folder: Path) -> App:
    app = folder / "empty"
    app.mkdir()
    (app / "app.py").write_text(EMPTY_APP)
    settings = json.loads((REPOSITORY / "cdk.json").read_text())
    (app / "cdk.json").write_text(json.dumps(settings))
    return App(app, folder / "empty.out")


def _warm(empty: App, stacks: App, runs: int, steps: Steps) -> tuple[_Seconds, _Seconds]:
    """Measure without validation, as ./gas up does, and with it, as the tests do."""
    folder = Folder.of_repository()
    folder.make()
    environment = synthesis_environment(folder)
    unchecked, validated = _Seconds(), _Seconds()
    with steps.step("Warm, in turn") as step:
        # The first ones fill the caches for the others.
        _in_turn(_Seconds(), empty, stacks, environment)
        for number in range(runs):
            step.detail = f"{number + 1} of {runs}"
            _in_turn(unchecked, empty, stacks, {**environment, "CDK_VALIDATION": "false"})
            _in_turn(validated, empty, stacks, {**environment, "CDK_VALIDATION": "true"})
    return unchecked, validated


def _in_turn(into: _Seconds, empty: App, stacks: App, environment: Mapping[str, str]) -> None:
    """Measure one after the other, so that other load on the machine affects both."""
    into.empty.append(synthesize(empty, environment))
    into.stacks.append(synthesize(stacks, environment))


def _cold_environment(folder: Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir()
    caches = {"HOME": home, "GAS_CACHE_DIR": home / "assets"}
    caches["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = home / "jsii"
    environment = synthesis_environment(Folder.of_repository())
    return environment | {name: str(path) for name, path in caches.items()}


def synthesize(app: App, environment: Mapping[str, str]) -> float:
    """Return the seconds that the CDK's command line takes."""
    command = [
        *(str(cdk_cli()), "synth", "--quiet", "--output", str(app.out), *app.context),
        *("--no-notices", "--no-version-reporting"),
    ]
    began = time.monotonic()
    try:
        run = subprocess.run(
            command,
            cwd=app.folder,
            env=dict(environment),
            timeout=RUN_SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalError(f"A synthesis took more than {RUN_SECONDS:.0f} s.") from error
    if run.returncode != 0:
        raise LocalError(f"A synthesis failed:\n{run.stderr[-4000:]}")
    return time.monotonic() - began


def count_resources(assembly: Path) -> int:
    templates = assembly.glob("*.template.json")
    return sum(len(json.loads(template.read_text())["Resources"]) for template in templates)


def rows(result: SynthResult) -> list[Row]:
    """The lines of the table."""
    return [
        Row("empty app, cold", _seconds(result.cold.empty_seconds)),
        Row("all stacks, cold, assets made", _seconds(result.cold.stacks_seconds)),
        *_pair("warm", result.warm, result.resources),
        *_pair("warm, validated", result.validated, result.resources),
    ]


def _pair(how: str, pair: Pair, resources: int) -> list[Row]:
    return [
        Row(f"empty app, {how}", _seconds(pair.empty_seconds)),
        Row(f"all stacks, {how}", _seconds(pair.stacks_seconds)),
        Row(
            f"all stacks / empty app, {how}",
            f"{pair.ratio:.1f} x",
            f"at most {MAX_RATIO:.0f} x",
            pair.ratio <= MAX_RATIO,
        ),
        Row(
            f"a resource of {resources}, {how}",
            f"{pair.milliseconds_a_resource(resources):.1f} ms",
        ),
    ]


def _seconds(series: Series) -> str:
    return f"{series.median:.2f} s"
