"""`gas-client login`: keeps the service's address and a token in a file of this user."""

import argparse
import getpass
import sys

from gas_client.api import Api
from gas_client.errors import ExitCode
from gas_client.output import Output
from gas_client.retry import Retry
from gas_client.settings import Settings, check_token, check_url, save_settings


def login(args: argparse.Namespace, retry: Retry, output: Output) -> ExitCode:
    """Ask for what is missing, try the token, and write the file.

    The token is never an argument: those of a command are visible to all users of a machine.

    Raises:
        ClientError: the service doesn't accept the token, or the file can't be written.
    """
    if sys.stdin.isatty():
        url = check_url(args.url or input("Address of the service: ").strip())
        token = getpass.getpass(f"Token (make one at {url}/profile): ")
    else:
        url = check_url(args.url or "")
        token = sys.stdin.readline()
    settings = Settings(url, check_token(token))
    with Api(settings, retry) as api:
        account = api.account()
    path = save_settings(settings)
    output.document({"url": url, "account": account, "config_file": str(path)})
    output.line(f"Signed in at {url} as {account.get('email')}. The token is in {path}.")
    return ExitCode.OK
