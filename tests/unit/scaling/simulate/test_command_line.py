"""The command line: what it prints, writes and refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scaling.command_line import app


def gas(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments])


def written(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_should_print_activities_alarms_and_cost_when_simulating() -> None:
    result = gas("web", "--rate", "20", "--duration", "10m")
    assert result.exit_code == 0
    for expected in ("0:01:00", "2 -> 3", "High-Sum-HTTP-2XXs", "instance-hours", "2026-04"):
        assert expected in result.output


def test_should_write_activities_and_minutes_when_json_is_asked_for(tmp_path: Path) -> None:
    trace, out = tmp_path / "trace.csv", tmp_path / "out.json"
    trace.write_text("second,requests_per_s,latency_s\n0,48.7,0.02\n300,0,0.02\n")
    result = gas("web", "--trace", str(trace), "--duration", "10m", "--json", str(out))
    assert result.exit_code == 0
    found = written(out)
    cause = "Sum of HTTPCode_Target_2XX_Count > 200 over 60 s"
    assert found["activities"] == [
        {
            "time_s": time_s,
            "capacity_from": before,
            "capacity_to": before + 1,
            "cause": f"alarm High-Sum-HTTP-2XXs in ALARM at {value}: {cause}",
        }
        for time_s, before, value in [(60, 2, 2921), (240, 3, 2922)]
    ]
    assert len(found["minutes"]["capacity"]) == 10
    assert found["minutes"]["response_time_s"]["p50"][-1] is None
    assert found["totals"]["price_table"]["date"] == "2026-04"


@pytest.mark.parametrize(
    ("fleet", "presets"),
    [
        ("web", ["original", "request-count-per-target"]),
        ("annotator", ["original", "backlog-per-instance", "arrivals-plus-backlog"]),
    ],
)
def test_should_put_presets_side_by_side_when_comparing(
    tmp_path: Path, fleet: str, presets: list[str]
) -> None:
    out, plot = tmp_path / "out.json", tmp_path / "out.png"
    result = gas(fleet, "--compare", "--duration", "20m", "--json", str(out), "--plot", str(plot))
    assert result.exit_code == 0
    assert [one["preset"] for one in written(out)["results"]] == presets
    assert plot.read_bytes().startswith(b"\x89PNG")
    for name in presets:
        assert f"{name}: " in result.output


@pytest.mark.parametrize("fleet", ["web", "annotator"])
@pytest.mark.parametrize("duration", ["60s", "10m", "4h"])
@pytest.mark.parametrize("rate", ["0", "1"])
def test_should_draw_when_there_is_much_little_or_nothing(
    tmp_path: Path, fleet: str, duration: str, rate: str
) -> None:
    plot = tmp_path / "out.svg"
    result = gas(fleet, "--duration", duration, "--rate", rate, "--plot", str(plot))
    assert result.exit_code == 0, result.output
    assert "<svg" in plot.read_text()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_should_write_the_same_bytes_when_a_run_is_drawn_again(tmp_path: Path, kind: str) -> None:
    plots = [tmp_path / f"{number}.{kind}" for number in range(2)]
    for plot in plots:
        assert gas("web", "--duration", "60s", "--plot", str(plot)).exit_code == 0
    assert plots[0].read_bytes() == plots[1].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["web", "--preset", "nonsense"], "no preset 'nonsense'; it has original"),
        (["annotator", "--load", "home"], "is a load test of the web fleet"),
        (["web", "--min", "5", "--max", "3"], "--min 5 is more than --max 3"),
        (["web", "--trace", "none.csv"], "none.csv: No such file"),
        (["web", "--duration", "5"], "expected a duration"),
        (["web", "--rate", "-1"], "expected a number of 0 or more"),
        (["web", "--rate", "9999", "--duration", "1d"], "shorten it or lower the rate"),
        (["web", "--instance-type", "x9.huge"], "no price is known"),
        (["web", "--duration", "60s", "--plot", "out.doc"], "not supported"),
        (["database"], "'database' is not one of"),
    ],
)
def test_should_say_what_was_expected_when_an_option_is_wrong(
    arguments: list[str], message: str
) -> None:
    result = gas(*arguments)
    assert result.exit_code in (1, 2)  # 2: typer itself refused the option
    assert message in " ".join(result.output.replace("│", " ").split())


def test_should_say_what_is_wrong_when_figures_have_no_folder_to_go_to(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    result = CliRunner().invoke(app, ["figures", str(file)])

    assert result.exit_code == 1
    assert result.output.startswith("gas: ")
    assert str(file) in result.output
