"""What commands need that work on the running platform: that it is ready, its stacks, a sample."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError

from loadtest.load_test_error import LoadTestError
from local.aws.account import Account
from local.aws.ec2.auto_scaling_groups import read_launch
from local.aws.outputs import Outputs
from local.errors import LocalError
from local.host import run_state
from local.host.folder import Folder
from local.host.run_state import Run
from local.sample import Sample, fetch_sample


def require_ready() -> Run:
    """Return the running platform.

    Raises:
        LocalError: nothing runs, or it is still starting.
    """
    run = run_state.require_running(Folder.of_repository())
    if not run.ready:
        raise LocalError("The platform is still starting. Try again when ./gas up prints Ready.")
    return run


def read_outputs() -> Outputs:
    """Return the outputs of its stacks."""
    return Outputs.of_stacks(json.loads(Folder.of_repository().outputs_file.read_text()))


def fetch_default_sample(account: Account, folder: Path) -> Sample:
    """Fetch real variants: the sample of the annotators' default reference."""
    launch = read_launch(account, read_outputs().annotator_group)
    return fetch_sample(account, launch.user_data, folder)


@contextmanager
def as_local_errors() -> Iterator[None]:
    """Raise a load test's errors, and those of an AWS that doesn't answer, as LocalError."""
    try:
        yield
    except LoadTestError as error:
        raise LocalError(str(error)) from error
    except BotoCoreError as error:
        raise LocalError(
            f"The platform has stopped answering: {error} Jobs and accounts of this command "
            "may be left. Check the platform: ./gas status"
        ) from error
