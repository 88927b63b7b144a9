"""Finds the platform that runs on this machine, breaks it, and shows what came of it."""

import json
import tempfile
from pathlib import Path

from botocore.exceptions import BotoCoreError
from rich.console import Console

from chaos.machines import Machines
from chaos.report import show
from chaos.run import Plan, run_chaos
from chaos.target import Target
from loadtest.deployment import Deployment
from loadtest.load_test_error import LoadTestError
from loadtest.signals import interruptible
from local.aws.account import Account
from local.aws.ec2.auto_scaling_groups import read_launch
from local.aws.outputs import Outputs
from local.cloud import LABEL_PREFIX
from local.errors import LocalError
from local.host.folder import Folder
from local.host.run_state import require_running
from local.progress import Steps
from local.sample import fetch_sample


def break_platform(plan: Plan, console: Console) -> int:
    """Run the plan against the running platform; return the exit code: 0 when nothing is wrong.

    Raises:
        LocalError: nothing runs, or it couldn't be run.
    """
    repository = Folder.of_repository()
    run = require_running(repository)
    if not run.ready:
        raise LocalError("The platform is still starting. Try again when ./gas up prints Ready.")
    # A run that was killed may have left the emulator stopped.
    Machines.of(run.up.pid).resume_emulator()
    account = Account(run.endpoint_url)
    outputs = Outputs.of_stacks(json.loads(repository.outputs_file.read_text()))
    try:
        with interruptible(), Steps(console) as steps, tempfile.TemporaryDirectory() as folder:
            target = Target(
                site_url=run.site_url,
                account=account,
                deployment=Deployment.find(account, LABEL_PREFIX),
                outputs=outputs,
                root_pid=run.up.pid,
            )
            user_data = read_launch(account, outputs.annotator_group).user_data
            sample = fetch_sample(account, user_data, Path(folder))
            outcome = run_chaos(target, sample, plan, steps)
    except LoadTestError as error:
        raise LocalError(str(error)) from error
    except BotoCoreError as error:
        raise LocalError(
            f"The platform has stopped answering: {error}. Its accounts and jobs may be left. "
            "Check the platform: ./gas status"
        ) from error
    return show(outcome, console)
