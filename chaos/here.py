"""Finds the platform that runs on this machine, breaks it, and shows what came of it."""

import tempfile
from pathlib import Path

from rich.console import Console

from chaos.machines import Machines
from chaos.report import show
from chaos.run import Plan, run_chaos
from chaos.target import Target
from loadtest.deployment import Deployment
from loadtest.signals import interruptible
from local.aws.account import Account
from local.cloud import LABEL_PREFIX
from local.commands.running import (
    as_local_errors,
    fetch_default_sample,
    read_outputs,
    require_ready,
)
from local.progress import Steps


def break_platform(plan: Plan, console: Console) -> int:
    """Run the plan against the running platform; return the exit code: 0 when nothing is wrong.

    Raises:
        LocalError: nothing runs, or it couldn't be run.
    """
    run = require_ready()
    # A run that was killed may have left the emulator stopped.
    Machines.of(run.up.pid).resume_emulator()
    account = Account(run.endpoint_url)
    with (
        as_local_errors(),
        interruptible(),
        Steps(console) as steps,
        tempfile.TemporaryDirectory(prefix="gas-chaos-") as folder,
    ):
        target = Target(
            site_url=run.site_url,
            account=account,
            deployment=Deployment.find(account, LABEL_PREFIX),
            outputs=read_outputs(),
            root_pid=run.up.pid,
        )
        sample = fetch_default_sample(account, Path(folder))
        outcome = run_chaos(target, sample, plan, steps)
    return show(outcome, console)
