"""`./gas submit`: `gas-client submit`, which finds the platform that runs here."""

import os
from collections.abc import Sequence

from gas_client.cli import main
from local.demo_user import read_demo_user
from local.host import run_state
from local.host.folder import Folder


def submit(folder: Folder, arguments: Sequence[str]) -> int:
    """Run `gas-client submit`; return its exit code.

    Where nothing else names a site, it is the one that runs here, with the demo user's token.

    Raises:
        LocalError: no platform runs here, and no site was named.
    """
    asks = {"-h", "--help"} & set(arguments)
    named = "GAS_URL" in os.environ or any(
        each == "--url" or each.startswith("--url=") for each in arguments
    )
    if not asks and not named:
        os.environ["GAS_URL"] = run_state.require_running(folder).site_url
        demo = read_demo_user(folder)
        if demo is not None and demo.token is not None and "GAS_TOKEN" not in os.environ:
            os.environ["GAS_TOKEN"] = demo.token
    return main(["submit", *arguments])
