"""What a synthesis costs, and what is said of it."""

from pathlib import Path

import pytest
from rich.console import Console

from bench.report import Machine, now, series
from bench.synth import App, Pair, SynthResult, bench_synth, count_resources, rows, synthesize
from local.commands.stage import synthesis_environment
from local.errors import LocalError
from local.host.folder import Folder


def pair(empty: float, stacks: float) -> Pair:
    return Pair(empty_seconds=series([empty, 9, 0]), stacks_seconds=series([stacks, 99, 0]))


def result(warm: Pair, validated: Pair) -> SynthResult:
    return SynthResult(
        measured_at=now(),
        machine=Machine.this(),
        stage="prod",
        resources=200,
        cold=pair(3, 30),
        warm=warm,
        validated=validated,
    )


@pytest.mark.parametrize(
    ("stacks", "validated", "met"),
    [(8.0, 8.0, [True, True]), (8.1, 8.0, [False, True]), (8.0, 8.1, [True, False])],
)
def test_should_say_whether_the_target_is_met_when_figures_are_reported(
    stacks: float, validated: float, met: list[bool]
) -> None:
    lines = rows(result(pair(2, stacks), pair(2, validated)))
    assert [row.met for row in lines if row.met is not None] == met


def test_should_take_the_empty_app_off_when_a_resource_is_costed() -> None:
    values = {row.what: row.value for row in rows(result(pair(2, 5), pair(2, 8)))}
    assert values["a resource of 200, warm"] == "15.0 ms"
    assert values["a resource of 200, warm, validated"] == "30.0 ms"
    assert values["all stacks / empty app, warm"] == "2.5 x"


def test_should_count_every_template_when_resources_are_counted(tmp_path: Path) -> None:
    (tmp_path / "one.template.json").write_text('{"Resources": {"A": {}, "B": {}}}')
    (tmp_path / "two.template.json").write_text('{"Resources": {"C": {}}}')
    (tmp_path / "manifest.json").write_text("{}")
    assert count_resources(tmp_path) == 3


def test_should_refuse_when_a_median_would_be_of_too_few_runs(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="5 runs"):
        bench_synth(stage="prod", runs=4, out=tmp_path / "figures", console=Console())


def test_should_name_the_stages_when_there_is_none_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="no such stage"):
        bench_synth(stage="staging", runs=5, out=tmp_path / "figures", console=Console())


def test_should_say_what_was_printed_when_a_synthesis_fails(tmp_path: Path) -> None:
    folder = Folder(root=tmp_path / "gas", cache=tmp_path / "cache")
    folder.make()
    (tmp_path / "cdk.json").write_text('{"app": "echo no such luck >&2; exit 1"}')
    with pytest.raises(LocalError, match="no such luck"):
        synthesize(App(tmp_path, tmp_path / "out"), synthesis_environment(folder))
