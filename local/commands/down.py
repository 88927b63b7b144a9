"""`./gas down` and `./gas reset`: stop a run, delete the state."""

import os
import shutil
import signal

import psutil

from local.aws.ec2.instance import STOP_SECONDS
from local.errors import LocalError
from local.host.folder import Folder
from local.host.processes import Identity
from local.host.run_state import Run, only_run, read_run

ORDERLY_SECONDS = STOP_SECONDS + 30.0
"""`up` waits for its instances and for the emulator's state."""

LEFTOVER_SECONDS = STOP_SECONDS + 10.0


def down(folder: Folder) -> str:
    """Stop the current run, or clean up after one that was killed.

    Returns:
        A sentence about what was done.

    Raises:
        LocalError: a process doesn't end.
    """
    run = read_run(folder)
    if run is None:
        return "Nothing runs."
    if run.up.identity.alive:
        _end([run.up.identity], ORDERLY_SECONDS)
        left = _end_leftovers(run)
        done = f"Stopped the run of process {run.up.pid}"
    else:
        left = _end_leftovers(run)
        done = f"The run of process {run.up.pid} had been killed"
    folder.run_file.unlink(missing_ok=True)
    return f"{done}; {left} of its processes were still running." if left else f"{done}."


def reset(folder: Folder) -> None:
    """Delete the state: users, jobs, results and the deployed stacks. Caches and logs are kept.

    Raises:
        LocalError: the platform is running.
    """
    folder.make()
    with only_run(folder):
        shutil.rmtree(folder.state)


def _end_leftovers(run: Run) -> int:
    return _end([record.identity for record in run.processes], LEFTOVER_SECONDS)


def _end(identities: list[Identity], seconds: float) -> int:
    """Send SIGTERM, and after `seconds` SIGKILL; their own children end with them.

    Returns how many were running.
    """
    processes = [process for identity in identities if (process := _find(identity))]
    _send(processes, signal.SIGTERM)
    _, left = psutil.wait_procs(processes, timeout=seconds)
    _send(left, signal.SIGKILL)
    _, left = psutil.wait_procs(left, timeout=5)
    if left:
        names = ", ".join(str(process.pid) for process in left)
        raise LocalError(f"These processes don't end: {names}. Kill them yourself: kill -9 {names}")
    return len(processes)


def _find(identity: Identity) -> psutil.Process | None:
    try:
        return psutil.Process(identity.pid) if identity.alive else None
    except psutil.NoSuchProcess:
        return None


def _send(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        # psutil refuses to signal a later process with the same id.
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied as error:
            raise LocalError(
                f"Process {process.pid} belongs to another user (you are {os.getuid()}); "
                "stop it as that user."
            ) from error
