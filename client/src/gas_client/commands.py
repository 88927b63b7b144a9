"""The commands but `submit`. Each takes a connection, its arguments and where to print."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from gas_client.api import Api
from gas_client.downloads import Downloads
from gas_client.errors import ClientError, ExitCode, UsageError
from gas_client.output import Output, error_document
from gas_client.submit import save_result

LISTED = ("job_id", "state", "progress", "file_name", "reference", "submitted_at", "note")


def list_jobs(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Print the account's jobs, the newest first."""
    wanted = {"state": args.state, "q": args.search, "reference": args.reference}
    params = {name: value for name, value in wanted.items() if value}
    jobs = list(api.pages("/jobs", params, most=args.limit))
    output.document({"items": jobs})
    output.table(LISTED, ([job.get(name) for name in LISTED] for job in jobs))
    if len(jobs) == args.limit:
        output.say(f"These are the newest {args.limit}; --limit sets how many are listed.")
    return ExitCode.OK


def show(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Print all that is known of a job."""
    job = api.job(args.job)
    output.document(job)
    for name, value in job.items():
        output.line(f"{name}: {_cell(value)}")
    return ExitCode.OK


def get(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Save the files of results."""
    downloads = Downloads(api, args.out, args.only or (), args.force)

    def save(job_id: str) -> dict[str, Any]:
        saved = save_result(downloads, job_id, output)
        for each in saved:
            output.line(each["path"])
        return {"saved": saved}

    return _each(args.jobs, save, output)


def variants(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Print the variants of a result that meet a filter, with tabs between the columns."""
    params: dict[str, Any] = {}
    for condition in args.filter or ():
        name, equals, value = condition.partition("=")
        if not equals or not name or name in ("limit", "cursor", "saved", "sort"):
            raise UsageError(f"--filter {condition!r} must be NAME=VALUE, such as gene=MT-ND4.")
        params.setdefault(name, []).append(value)
    for name in ("saved", "sort"):
        if getattr(args, name) is not None:
            params[name] = getattr(args, name)
    most = None if args.limit == 0 else args.limit
    items = list(api.pages(f"/jobs/{args.job}/variants", params, most=most))
    output.document({"items": items})
    if items:
        columns = list(items[0])
        output.table(columns, ([_cell(item.get(name)) for name in columns] for item in items))
    else:
        output.say("No variants match.")
    if len(items) == most:
        output.say(f"These are the first {most}, and there may be more: --limit 0 prints all.")
    return ExitCode.OK


def cancel(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Cancel jobs that haven't ended."""

    def end(job_id: str) -> dict[str, Any]:
        job = api.cancel(job_id)
        output.line(f"{job_id}: {job['state']}")
        return {"job": job}

    return _each(args.jobs, end, output)


def delete(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Delete jobs with all their files."""
    if not args.yes:
        if not sys.stdin.isatty():
            raise UsageError("This deletes jobs with all their files. Add --yes to confirm.")
        output.say(f"Delete with all files: {', '.join(args.jobs)}? Type yes:")
        if input().strip().lower() not in ("y", "yes"):
            raise UsageError("Nothing was deleted.")

    def remove(job_id: str) -> dict[str, Any]:
        api.delete(job_id)
        output.line(f"{job_id}: deleted")
        return {}

    return _each(args.jobs, remove, output)


def references(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Print the references that the service offers."""
    offered = api.references(contigs=args.contigs)
    output.document({"items": offered})
    columns = ("name", "version", "assembly", "default")
    output.table(columns, ([_cell(each.get(name)) for name in columns] for each in offered))
    return ExitCode.OK


def _each(jobs: Sequence[str], action: Callable[[str], dict[str, Any]], output: Output) -> ExitCode:
    """Do the same with each job; one that it fails for doesn't stop the others."""
    errors: list[ClientError] = []

    def attempt(job_id: str) -> dict[str, Any]:
        try:
            return {"job_id": job_id, **action(job_id), "error": None}
        except ClientError as error:
            output.say(f"{job_id}: {error}")
            errors.append(error)
            return {"job_id": job_id, "error": error_document(error)}

    output.document({"items": [attempt(job_id) for job_id in jobs]})
    return errors[0].exit_code if errors else ExitCode.OK


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
