"""The command line's grammar, and its help."""

import argparse
from pathlib import Path

from gas_client import __version__
from gas_client.downloads import KINDS

DESCRIPTION = "Annotate VCFs with a Genomics Annotation Service (GAS)."

EPILOG = """\
first use:
  gas-client login --url https://gas.example.org
  gas-client submit sample.vcf.gz --out results

variables:
  GAS_URL          address of the service
  GAS_TOKEN        token, made on the account's page; both come before the file
  XDG_CONFIG_HOME  login writes gas-client/config.ini there (by default in ~/.config)
  XDG_CACHE_HOME   unfinished uploads are noted in gas-client/ there (by default in ~/.cache)

exit codes:
  0    all went well
  1    a job failed or was cancelled
  2    the command line, the settings, or a file to send isn't right
  3    the service refused: token, plan, limit, unknown job, or a result that is archived
  4    the service doesn't answer, or fails
  5    a job hasn't ended within --timeout; it goes on
  6    a result can't be saved here
  130  interrupted; started jobs go on

With --json, stdout has one JSON document, even when a command fails. It never loses a field between
versions. Messages and progress go to stderr, progress only if that is a terminal.
"""

FILTERS = """\
filters are those of the page that explores a result, such as
  --filter gene=BRCA* --filter impact=HIGH --filter q=rs80357906
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser; `command` of what it parses is the name of the command."""
    top = argparse.ArgumentParser(
        prog="gas-client",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _login(_add(commands, "login", "Keep the service's address and a token in a file."))
    _submit(_add(commands, "submit", "Send files, and start their jobs."))
    _list(_add(commands, "list", "List jobs, the newest first."))
    _job(_add(commands, "show", "Show a job."))
    _get(_add(commands, "get", "Save the files of results."))
    _variants(_add(commands, "variants", "Print variants of a result.", FILTERS))
    _jobs(_add(commands, "cancel", "Cancel jobs that haven't ended."))
    _delete(_add(commands, "delete", "Delete jobs with all their files."))
    references = _add(commands, "references", "List the references that the service offers.")
    references.add_argument("--contigs", action="store_true", help="with --json: their contigs too")
    return top


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    epilog: str = "",
) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    added.add_argument("--url", help="address of the service; by default GAS_URL or that of login")
    added.add_argument("--json", action="store_true", help="print one JSON document")
    added.add_argument(
        "--retry-seconds",
        type=_seconds,
        default=300.0,
        metavar="S",
        help="repeat a request so long while the service is busy or away (default: 300)",
    )
    return added


def _login(added: argparse.ArgumentParser) -> None:
    added.epilog = "The token is asked for, or read from stdin if that isn't a terminal."


def _submit(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="VCF: plain, gzip or bgzip"
    )
    added.add_argument(
        "--reference",
        metavar="NAME",
        help="reference to annotate with; by default the one that the file's contigs tell",
    )
    added.add_argument("--note", default="", help="note on the jobs")
    added.add_argument("--wait", action="store_true", help="wait until the jobs have ended")
    added.add_argument("--out", type=Path, metavar="DIR", help="wait, then save the results there")
    _only(added)
    added.add_argument(
        "--timeout",
        type=_seconds,
        default=24 * 3600.0,
        metavar="S",
        help="wait no longer than so many seconds (default: a day)",
    )


def _list(added: argparse.ArgumentParser) -> None:
    added.add_argument("--state", help="only jobs in this state, such as COMPLETED")
    added.add_argument("--search", metavar="TEXT", help="only jobs with this in file name or note")
    added.add_argument("--reference", metavar="NAME", help="only jobs with this reference")
    added.add_argument(
        "--limit", type=_count, default=50, metavar="N", help="at most so many (default: 50)"
    )


def _job(added: argparse.ArgumentParser) -> None:
    added.add_argument("job", type=_job_id, metavar="JOB", help="id of a job")


def _jobs(added: argparse.ArgumentParser) -> None:
    added.add_argument("jobs", nargs="+", type=_job_id, metavar="JOB", help="id of a job")


def _get(added: argparse.ArgumentParser) -> None:
    _jobs(added)
    added.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="folder (default: this one)"
    )
    _only(added)


def _only(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "--only",
        type=_kinds,
        metavar="KINDS",
        help=f"files to save, with commas: {', '.join(KINDS)} (default: all)",
    )
    added.add_argument("--force", action="store_true", help="overwrite existing files")


def _variants(added: argparse.ArgumentParser) -> None:
    _job(added)
    added.add_argument(
        "--filter", action="append", metavar="NAME=VALUE", help="may be given several times"
    )
    added.add_argument(
        "--saved",
        metavar="NAME",
        help="a filter that you have saved on the variants' page; conditions of --filter must hold "
        "too",
    )
    added.add_argument("--sort", metavar="NAME", help="order, as on the page")
    added.add_argument(
        "--limit",
        type=_count_or_all,
        default=100,
        metavar="N",
        help="at most so many variants, 0 for all (default: 100)",
    )


def _delete(added: argparse.ArgumentParser) -> None:
    _jobs(added)
    added.add_argument("--yes", action="store_true", help="don't ask")


def _job_id(text: str) -> str:
    """An id, which becomes a part of an address."""
    if not text or not all(each.isalnum() or each == "-" for each in text):
        raise argparse.ArgumentTypeError(f"{text!r} isn't the id of a job")
    return text


def _kinds(text: str) -> list[str]:
    kinds = [each.strip() for each in text.split(",") if each.strip()]
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(KINDS)}, not {text!r}")
    return kinds


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number of seconds")
    return seconds


def _count_or_all(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number")
    return int(text)


def _count(text: str) -> int:
    number = _count_or_all(text)
    if number == 0:
        raise argparse.ArgumentTypeError("it must be 1 at least")
    return number
