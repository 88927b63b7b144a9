"""`gas-client submit`: sends files, starts their jobs, and waits for them and saves the results."""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import TaskID

from gas_client.api import Api
from gas_client.downloads import Downloads, SavedFile, stem_of
from gas_client.errors import ClientError, ExitCode, Unreachable, UsageError
from gas_client.models import Job
from gas_client.output import Output, error_document
from gas_client.settings import cache_folder
from gas_client.upload_state import UploadStates
from gas_client.uploads import Sender
from gas_client.vcf_check import FileStart, check_file
from gas_client.waiting import wait_for


@dataclass
class Submission:
    """A file, and what has become of it."""

    file: Path
    reference: str
    job: Job | None = None
    saved: list[SavedFile] = field(default_factory=list)
    error: ClientError | None = None


def submit(api: Api, args: argparse.Namespace, output: Output) -> ExitCode:
    """Submit files; every file is checked before the first one is sent.

    A file that is refused doesn't stop the others.

    Returns:
        OK, or the exit code of the first error.

    Raises:
        ClientError: nothing was sent.
    """
    downloads = None
    if args.out is not None:
        downloads = Downloads(api, args.out, args.only or (), args.force)
    submissions = _check(api, args.files, args.reference, downloads, output)
    sender = Sender(api, UploadStates(cache_folder() / "uploads", api.settings))
    away: ClientError | None = None
    for each in submissions:
        if away is not None:
            each.error = away
            continue
        _send(sender, each, args.note, output)
        if isinstance(each.error, Unreachable):
            away = Unreachable(f"Not sent, because the one before wasn't: {each.error}")
    if args.wait or downloads is not None:
        _wait(api, submissions, time.monotonic() + args.timeout, output)
    if downloads is not None:
        _save(downloads, submissions, output)
    return _report(submissions, output)


def _check(
    api: Api,
    files: Sequence[Path],
    wanted: str | None,
    downloads: Downloads | None,
    output: Output,
) -> list[Submission]:
    starts = [(file, check_file(file)) for file in files]
    if downloads is not None:
        _require_different_names(files)
        for file in files:
            downloads.require_free(file.name)
    return [
        Submission(file, _reference(api, file, start, wanted, output)) for file, start in starts
    ]


def _reference(api: Api, file: Path, start: FileStart, wanted: str | None, output: Output) -> str:
    """Return the reference of a file. The service finds it, by the rules that it annotates by.

    Raises:
        UsageError: it doesn't fit the one that is wanted, or nothing tells it.
        ClientError: the service doesn't answer, or doesn't offer the one that is wanted.
    """
    found = api.find_reference(start.question(wanted))
    reference = found["reference"]
    if reference is None or found["level"] in ("open", "stop"):
        use = " or ".join(f"--reference {name}" for name in found["fitting"] if name != wanted)
        why = [found["text"], f"{found['agreement']}." if found["agreement"] else ""]
        said = " ".join(filter(None, [*why, f"Use {use}." if use else ""]))
        raise UsageError(f"{file}: {said}")
    if found["text"]:
        output.say(f"{file}: {found['text']}")
    return reference


def _require_different_names(files: Sequence[Path]) -> None:
    """Results are named after their inputs: two of a name would overwrite one another."""
    stems = Counter(stem_of(file.name) for file in files)
    twice = [name for name, count in stems.items() if count > 1]
    if twice:
        raise UsageError(
            f"Two files are named {twice[0]}, and so would their results be. Submit them apart."
        )


def _send(sender: Sender, each: Submission, note: str, output: Output) -> None:
    size = each.file.stat().st_size
    with output.bytes_bar(f"Send {each.file.name}", size) as bar:
        task = TaskID(0)
        try:
            each.job = sender.send(
                each.file,
                reference=each.reference,
                note=note,
                advance=lambda count: bar.advance(task, count),
            )
        except ClientError as error:
            each.error = error
            output.say(f"{each.file}: {error}")
            return
    output.say(f"{each.file}: job {each.job['job_id']}, reference {each.reference}")


def _wait(api: Api, submissions: Sequence[Submission], until: float, output: Output) -> None:
    """Wait for one job after the other: together that takes as long as the longest one."""
    with output.status() as show:
        for each in submissions:
            if each.job is None:
                continue

            def on_change(job: Job, each: Submission = each) -> None:
                each.job = job
                show(f"{job['file_name']}: {job['state']} {job['progress']} %")

            try:
                each.job = wait_for(api, each.job, until=until, on_change=on_change)
            except ClientError as error:
                each.error = error
                output.say(str(error))


def _save(downloads: Downloads, submissions: Sequence[Submission], output: Output) -> None:
    for each in submissions:
        if each.job is None or each.error is not None:
            continue
        try:
            each.saved = save_result(downloads, each.job["job_id"], output)
        except ClientError as error:
            each.error = error
            output.say(f"{each.file}: {error}")


def save_result(downloads: Downloads, job_id: str, output: Output) -> list[SavedFile]:
    """Save the files of a job, with a bar.

    Raises:
        ClientError: as of Downloads.save.
    """
    with output.bytes_bar("Save the result", None) as bar:
        task = TaskID(0)
        return downloads.save(
            job_id,
            advance=lambda count: bar.advance(task, count),
            expect=lambda total: bar.update(task, total=total),
        )


def _report(submissions: Sequence[Submission], output: Output) -> ExitCode:
    output.document(
        {
            "jobs": [
                {
                    "file": str(each.file),
                    "job": each.job,
                    "saved": each.saved,
                    "error": error_document(each.error) if each.error else None,
                }
                for each in submissions
            ]
        }
    )
    for each in submissions:
        if each.job is not None and not each.saved:
            output.line(each.job["job_id"])
        for saved in each.saved:
            output.line(saved["path"])
    errors = [each.error for each in submissions if each.error is not None]
    return errors[0].exit_code if errors else ExitCode.OK
