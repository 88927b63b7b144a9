"""`python -m stacks.recovery --stage NAME --table TABLE --at TIME [--region R] [--dry-run]`."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import boto3
import tomlkit
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from rich.console import Console
from rich.markup import escape

from stacks.recovery.table import Recovery, RecoveryError
from stacks.settings import STAGES, SettingsError, load
from stacks.settings.data_settings import TABLES, in_outputs


def main(arguments: Sequence[str], console: Console) -> int:
    """Restore, compare, and have the stage's file name the new table; returns the exit code."""
    options = _options(arguments)
    try:
        load(options.stage)
        session = boto3.Session(region_name=options.region)
        source = _table_in_use(session, options.stage, options.table)
        recovery = Recovery(session.client("dynamodb"), source, options.at)
        return _recover(recovery, options, console)
    except (NoCredentialsError, NoRegionError) as error:
        console.print(
            f"[red]gas:[/red] Nothing was changed: {str(error).rstrip('.')}. Sign in, e.g. by "
            "AWS_PROFILE=..., and name a region by --region or AWS_REGION.",
            soft_wrap=True,
        )
        return 1
    except (SettingsError, RecoveryError, ClientError, BotoCoreError) as error:
        console.print(f"[red]gas:[/red] {escape(str(error))}", soft_wrap=True)
        return 1


def _recover(recovery: Recovery, options: argparse.Namespace, console: Console) -> int:
    def tell(line: str) -> None:
        console.print(f"  {escape(line)}", soft_wrap=True)

    tell(f"{recovery.source} can be restored as of {recovery.window()}")
    if options.dry_run:
        verb = "is there already" if recovery.exists() else "would be made"
        tell(f"{recovery.target} {verb}, and {_shown(options.stage)} would name it")
        console.print("Nothing was changed.")
        return 0
    recovery.restore(tell)
    before, after = recovery.compare(tell)
    tell(f"{recovery.source}: {before:,} items; {recovery.target}: {after:,}")
    use(STAGES / f"{options.stage}.toml", options.table, recovery.target)
    console.print(
        f"{_shown(options.stage)} names {recovery.target} now. Look at its items, then commit and "
        f"deploy: cdk deploy --all -c stage={options.stage}. {recovery.source} stays as it is.",
        soft_wrap=True,
    )
    return 0


def use(file: Path, table: str, name: str) -> None:
    """Have a stage use a restored table; all else in its file stays as it is.

    Raises:
        OSError: the file can't be read or written.
    """
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    data = document["data"]
    if not isinstance(data, tomlkit.items.Table):
        raise TypeError(f"{file}: data isn't a table")
    if "recovered_tables" not in data:
        data["recovered_tables"] = tomlkit.inline_table()
    recovered = data["recovered_tables"]
    if not isinstance(recovered, tomlkit.items.InlineTable | tomlkit.items.Table):
        raise TypeError(f"{file}: data.recovered_tables isn't a table")
    recovered[table] = name
    file.write_text(tomlkit.dumps(document), encoding="utf-8")


def _table_in_use(session: boto3.Session, stage: str, table: str) -> str:
    """Return the name of the table that the stage uses, from the outputs of its stack."""
    stack = f"gas-{stage}-storage"
    [found] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    return outputs[f"{in_outputs(table)}Table"]


def _shown(stage: str) -> str:
    return f"stages/{stage}.toml"


def _moment(text: str) -> datetime:
    """A time in ISO 8601 with its zone, in the past."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("name the zone, as in 2026-11-28T12:00:00Z")
    if moment > datetime.now(UTC):
        raise argparse.ArgumentTypeError("that is in the future")
    return moment.astimezone(UTC).replace(microsecond=0)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./gas recover")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--table", required=True, choices=TABLES)
    parser.add_argument("--at", required=True, type=_moment)
    parser.add_argument("--region")
    parser.add_argument("--dry-run", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Console(highlight=False)))
