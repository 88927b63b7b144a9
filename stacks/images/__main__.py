"""`python -m stacks.images --stage NAME [--region R] [--update]` shows or pins a stage's image."""

import argparse
import sys
from collections.abc import Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stacks.images.choice import Choice, Image, look_up, pin
from stacks.settings import STAGES, SettingsError, Stage, load

READS = "ssm:GetParameter, ec2:DescribeImages"


def main(arguments: Sequence[str], console: Console) -> int:
    """Print both images, and pin the newest if that is asked for; returns the exit code."""
    options = _options(arguments)
    try:
        stage = load(options.stage)
        session = boto3.Session(region_name=options.region)
        choice = look_up(stage, session.client)
    except SettingsError as error:
        console.print(f"[red]gas:[/red] {escape(str(error))}", soft_wrap=True)
        return 1
    except (NoCredentialsError, NoRegionError) as error:
        console.print(
            "[red]gas:[/red] Nothing was looked up and no file was changed: "
            f"{str(error).rstrip('.')}. Sign in, e.g. by AWS_PROFILE=..., "
            "and name a region by --region or AWS_REGION. It reads "
            f"{READS}."
        )
        return 1
    except (ClientError, BotoCoreError) as error:
        console.print(
            "[red]gas:[/red] Nothing was looked up and no file was changed: "
            f"{escape(str(error))} Needed: {READS}."
        )
        return 1
    console.print(_table(stage, choice))
    return _conclude(stage, choice, session.region_name, console, update=options.update)


def _table(stage: Stage, choice: Choice) -> Table:
    table = Table("", "Image", "Created", "Name", "Deprecated from", box=box.SIMPLE)
    if stage.software.image:
        table.add_row("pinned", *_cells(choice.pinned, stage.software.image))
    table.add_row("newest", *_cells(choice.newest, choice.newest.id))
    return table


def _cells(image: Image | None, image_id: str) -> tuple[str, ...]:
    if image is None:
        return (image_id, "", "isn't in this region, or isn't shared any more", "")
    day = (image.deprecated or "")[:10]
    return (image.id, image.created[:10], escape(image.name), day)


def _conclude(stage: Stage, choice: Choice, region: str, console: Console, *, update: bool) -> int:
    file = f"stages/{stage.name}.toml"
    if stage.software.image == choice.newest.id:
        console.print(f"{file} pins the newest image.")
    elif update:
        pin(STAGES / f"{stage.name}.toml", choice.newest, region=region)
        load(stage.name)
        console.print(
            f"{file} pins {choice.newest.id} now. Commit it, and deploy: the instances are "
            "replaced one by one. To go back, deploy the commit before."
        )
    else:
        pinned = "an older image" if stage.software.image else "no image"
        console.print(f"{file} pins {pinned}. Pin the newest with --update.")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./gas image")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--region")
    parser.add_argument("--update", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Console(highlight=False)))
