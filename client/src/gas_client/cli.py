"""The command `gas-client`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from gas_client import commands
from gas_client.api import Api
from gas_client.errors import ClientError, ExitCode
from gas_client.login import login
from gas_client.output import Output, error_document
from gas_client.parser import parser
from gas_client.retry import Retry
from gas_client.settings import read_settings
from gas_client.submit import submit

COMMANDS: dict[str, Callable[[Api, argparse.Namespace, Output], ExitCode]] = {
    "submit": submit,
    "list": commands.list_jobs,
    "show": commands.show,
    "get": commands.get,
    "variants": commands.variants,
    "cancel": commands.cancel,
    "delete": commands.delete,
    "references": commands.references,
}


def run() -> None:
    """Run the command, and end the process with its exit code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run a command.

    Returns:
        The exit code, as `gas-client --help` lists them.

    Raises:
        SystemExit: the arguments aren't right, or ask for help.
    """
    args = parser().parse_args(arguments)
    output = Output(as_json=args.json)
    try:
        return _run(args, output)
    except ClientError as error:
        output.say(f"gas-client: {error}")
        output.document({"error": error_document(error)})
        return error.exit_code
    except KeyboardInterrupt:
        output.say("gas-client: interrupted. Jobs that were started go on.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # whoever reads has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK


def _run(args: argparse.Namespace, output: Output) -> ExitCode:
    retry = Retry(args.retry_seconds, output.say)
    if args.command == "login":
        code = login(args, retry, output)
    else:
        with Api(read_settings(args.url), retry) as api:
            code = COMMANDS[args.command](api, args, output)
    sys.stdout.flush()
    return code
