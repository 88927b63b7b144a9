"""What `./gas stage show` prints, and the page that is made of the models."""

import pytest

from stacks.settings import Stage, load
from stacks.settings.__main__ import document, main, show
from stacks.settings.description import ANY, effective, keys
from stacks.settings.stage_file import read
from tests.stacks.synthesis import STAGES


def test_should_have_a_row_for_every_key_when_the_page_is_made() -> None:
    page = "\n".join(document())
    for key in keys():
        table, _, name = key.name.rpartition(".")
        section = page.partition(f"## `[{table}]`" if table else "## At the top")[2]
        assert f"| `{name}` |" in section.partition("\n## ")[0], key.name


@pytest.mark.parametrize("stage", STAGES)
def test_should_describe_every_key_when_a_stage_file_sets_it(stage: str) -> None:
    tables = read(stage)
    fleets = tables.pop("fleets")
    found = {
        f"{table}.{key}" if isinstance(inner, dict) else table
        for table, inner in tables.items()
        for key in (inner if isinstance(inner, dict) else [""])
    }
    found |= {f"fleets.{ANY}.{key}" for fleet in fleets.values() for key in fleet}
    assert found <= {key.name for key in keys()}


def test_should_tell_the_file_from_defaults_when_values_are_shown() -> None:
    origins = {
        one.key.name: (one.value, one.origin)
        for one in effective(load("dev"), read("dev"), file="stages/dev.toml")
    }
    assert origins["network.zones"] == ('["a", "b"]', "stages/dev.toml")
    assert origins["fleets.web.grace_seconds"] == ("300", "default")
    assert origins["site.domain"] == ("(none)", "default")
    assert origins["emulator"] == ("false", "default")


@pytest.mark.parametrize("stage", STAGES)
def test_should_show_value_and_meaning_when_asked_for_a_stage(stage: str) -> None:
    lines = show(stage)
    loaded = load(stage)
    chosen = {"fleets": len(loaded.fleets), "sign_in.issuers": len(loaded.sign_in.issuers)}
    each = [chosen.get(key.name.partition(f".{ANY}.")[0], 1) for key in keys()]
    assert len(lines) == 2 * sum(each)
    assert Stage.model_fields["removal_policy"].description in [line.strip() for line in lines]


def test_should_say_one_sentence_when_there_is_no_such_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["nope"]) == 1
    assert "no such stage; there are: dev, local, prod, starter" in capsys.readouterr().err
