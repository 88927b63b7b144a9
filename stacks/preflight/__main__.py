"""`python -m stacks.preflight --stage NAME [--region R]` asks an account for what a stage needs."""

import argparse
import sys
from collections.abc import Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stacks.preflight import account, deployment, events, references, region, sign_in
from stacks.preflight.findings import Check, Finding, Verdict, run_all
from stacks.preflight.subject import ClientOf, Subject, subject_of, templates_of
from stacks.settings import SettingsError, Stage, load
from stacks.zones import refuse_missing_zones

CHECKS: tuple[Check, ...] = (
    *deployment.CHECKS,
    *references.CHECKS,
    *sign_in.CHECKS,
    *events.CHECKS,
    *account.CHECKS,
    *region.CHECKS,
)

COLOURS = {
    Verdict.OK: "green",
    Verdict.NOTE: "yellow",
    Verdict.FAILS: "red",
    Verdict.UNREAD: "red",
}


def main(arguments: Sequence[str], console: Console) -> int:
    """Print the table; returns 0 if a deployment may begin, otherwise 1."""
    options = _options(arguments)
    try:
        stage = load(options.stage)
    except SettingsError as error:
        console.print(f"[red]gas:[/red] {escape(str(error))}", soft_wrap=True)
        return 1
    session = boto3.Session(region_name=options.region)
    try:
        caller = session.client("sts").get_caller_identity()
        console.print(f"Account {caller['Account']}, {session.region_name}, stage {stage.name}")
        return report(stage, session.region_name, session.client, console)
    except (NoCredentialsError, NoRegionError) as error:
        console.print(
            f"[red]gas:[/red] Nothing was read: {error} With them, this would be:\n",
            highlight=False,
        )
        _list(console)
        return 1
    except (ClientError, BotoCoreError, SettingsError) as error:
        console.print(f"[red]gas:[/red] Nothing could be checked: {escape(str(error))}")
        return 1


def report(stage: Stage, region_name: str, client: ClientOf, console: Console) -> int:
    """Ask everything and print the table; returns 0 if a deployment may begin, otherwise 1."""
    refuse_missing_zones(stage, region_name)
    with console.status("Synthesizing the templates"):
        templates = templates_of(stage)
    with console.status("Asking the account"):
        subject = subject_of(stage, region=region_name, templates=templates, client=client)
        findings = _with_progress(subject, console)
    console.print(_table(findings))
    return _conclude(findings, console)


def _with_progress(subject: Subject, console: Console) -> list[Finding]:
    findings = []
    for finding in run_all(CHECKS, subject):
        if not console.is_terminal:
            console.print(f"  {finding.topic}: {finding.verdict}", highlight=False)
        findings.append(finding)
    return findings


def _table(findings: list[Finding]) -> Table:
    table = _new_table("", "What", "Needs", "Found", "What to do")
    for finding in findings:
        colour = COLOURS[finding.verdict]
        row = (finding.topic, finding.needs, finding.found, finding.do)
        table.add_row(f"[{colour}]{finding.verdict}[/]", *(escape(cell) for cell in row))
    return table


def _new_table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _conclude(findings: list[Finding], console: Console) -> int:
    bad = [each for each in findings if each.verdict in (Verdict.FAILS, Verdict.UNREAD)]
    notes = sum(finding.verdict is Verdict.NOTE for finding in findings)
    if bad:
        console.print(f"{len(bad)} of {len(findings)} stand in the way of a deployment.")
        return 1
    console.print(f"A deployment may begin; {notes} to note.")
    return 0


def _list(console: Console) -> None:
    table = _new_table("What", "Needs", "Reads")
    for check in CHECKS:
        table.add_row(check.topic, check.needs, ", ".join(check.reads) or "the stage file")
    console.print(table)
    console.print("Sign in, e.g. by AWS_PROFILE=..., and name a region by --region or AWS_REGION.")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./gas preflight")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--region")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Console(highlight=False)))
