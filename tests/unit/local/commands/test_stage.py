"""`./gas stage show` and `./gas synth`."""

from pathlib import Path

import pytest

from local.commands import stage
from local.errors import LocalError
from local.host.folder import Folder


def test_should_show_value_origin_and_meaning_when_there_is_such_a_stage() -> None:
    shown = stage.describe("prod")
    assert "network.nat_gateways = 1 " in shown
    assert "(stages/prod.toml)\n    NAT gateways, spread over the zones" in shown


def test_should_name_the_stages_when_there_is_no_such_stage() -> None:
    with pytest.raises(LocalError, match="no such stage; there are: dev, local, prod"):
        stage.describe("staging")


@pytest.mark.parametrize("stands", ["folder", "file"])
def test_should_touch_nothing_when_something_else_is_there(
    tmp_path: Path, folder: Folder, stands: str
) -> None:
    thesis = tmp_path / "out" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("mine")
    out = thesis.parent if stands == "folder" else thesis
    with pytest.raises(LocalError, match="isn't a cloud assembly"):
        stage.synthesize(folder, "local", out)
    assert thesis.read_text() == "mine"


def test_should_say_what_is_wrong_when_the_synthesis_fails(tmp_path: Path, folder: Folder) -> None:
    with pytest.raises(LocalError, match="no such stage; there are: dev, local, prod"):
        stage.synthesize(folder, "staging", tmp_path / "out")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_should_write_the_same_bytes_when_synthesized_for_somebody_else(
    tmp_path: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    shared = Folder(root=folder.root, cache=Folder.of_repository().cache)
    assert stage.synthesize(shared, "local", first) == []
    second.mkdir()
    (second / "cdk.out").write_text("an earlier one")
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    stage.synthesize(shared, "local", second)
    written = contents(first)
    assert "gas-local-web.template.json" in written
    assert written == contents(second)


def test_should_repeat_what_the_stacks_warn_of_when_the_cdk_printed_it(tmp_path: Path) -> None:
    log = tmp_path / "synth.log"
    log.write_text(
        "Saved ./uv.whl\nWARNING stages/dev.toml pins no image (Annotation)\n"
        "   gas-dev-web aws-cdk-lib.Stack\nSuccessfully synthesized to out\n"
    )
    assert stage.warnings_in(log) == ["stages/dev.toml pins no image"]
