"""The image of the instances: pinned by the stage's file, shown and updated by `./gas image`."""

import io
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from rich.console import Console

from stacks import settings
from stacks.images import NEWEST, __main__
from stacks.images.__main__ import main
from stacks.settings import Stage, load
from tests.stacks.moto_account import REGION, moto_account
from tests.stacks.stage_folder import use_stage_folder
from tests.stacks.synthesis import DEPLOYED, synthesize

FILE = (settings.STAGES / "dev.toml").read_text()


@pytest.fixture
def stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the stage dev, which the command reads and writes."""
    return use_stage_folder(__main__, FILE, tmp_path / "stages", monkeypatch)


@pytest.fixture
def newest() -> Iterator[str]:
    """The newest image of an account of moto, which has some of Amazon's parameters and images."""
    with moto_account():
        parameter = boto3.client("ssm").get_parameter(Name=NEWEST["x86_64"])["Parameter"]
        image = parameter["Value"]
        found = boto3.client("ec2").describe_images(ImageIds=[image])["Images"]
        assert found, "moto has the image"
        yield image


def run(*arguments: str) -> tuple[int, str]:
    printed = io.StringIO()
    console = Console(file=printed, width=200)
    code = main(["--stage", "dev", "--region", REGION, *arguments], console)
    return code, printed.getvalue()


def test_should_show_the_newest_and_change_nothing_when_not_told_to(
    stages: Path, newest: str
) -> None:
    code, said = run()
    assert code == 0
    assert newest in said
    assert "stages/dev.toml pins no image. Pin the newest with --update." in said
    assert (stages / "dev.toml").read_text() == FILE


def test_should_add_one_line_and_keep_all_others_when_told_to_update(
    stages: Path, newest: str
) -> None:
    assert run("--update")[0] == 0
    written = (stages / "dev.toml").read_text().splitlines()
    added = [line for line in written if line not in FILE.splitlines()]
    assert len(added) == 1
    assert added[0].startswith(f'image = "{newest}" # ')
    assert added[0].endswith(f", in {REGION}")
    assert [line for line in written if line != added[0]] == FILE.splitlines()
    assert load("dev", stages).software.image == newest
    assert "pins the newest image" in run("--update")[1]


def test_should_replace_an_older_image_when_told_to_update(stages: Path, newest: str) -> None:
    older = FILE.replace("[software]", '[software]\nimage = "ami-00000000000000000" # old')
    (stages / "dev.toml").write_text(older)
    code, said = run()
    assert code == 0
    assert "isn't in this region" in said
    assert "pins an older image" in said
    run("--update")
    assert load("dev", stages).software.image == newest
    assert "# old" not in (stages / "dev.toml").read_text()


@pytest.mark.usefixtures("no_credentials")
def test_should_say_that_it_needs_credentials_when_there_are_none(stages: Path) -> None:
    code, said = run("--update")
    assert code == 1
    assert "Unable to locate credentials" in said
    assert "no file was changed" in said
    assert (stages / "dev.toml").read_text() == FILE


def pinned(stage: str, image: str | None) -> Stage:
    found = load(stage)
    software = found.software.model_copy(update={"image": image})
    return found.model_copy(update={"software": software})


@pytest.mark.parametrize("stage", DEPLOYED)
def test_should_start_every_instance_from_the_image_when_the_stage_pins_one(
    stage: str, tmp_path: Path
) -> None:
    """So an older commit, whose file pins an older image, brings that back."""
    image = "ami-0123456789abcdef0"
    templates = synthesize(pinned(stage, image), tmp_path)
    images = [
        resource["Properties"]["LaunchTemplateData"]["ImageId"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::EC2::LaunchTemplate"
    ]
    assert images
    assert set(images) == {image}
    assert "al2023" not in str(templates)
    assert "software.image" not in (tmp_path / "validation-report.json").read_text()


def test_should_warn_when_a_stage_pins_no_image(tmp_path: Path) -> None:
    synthesize(pinned("dev", None), tmp_path)
    report = (tmp_path / "validation-report.json").read_text()
    assert "./gas image --stage dev --update" in report
