"""The environment file of a fleet: what its processes read, and nothing else."""

from collections.abc import Iterable, Mapping

from runtime.common import env


def variables(processes: Iterable[str]) -> set[str]:
    """Names of the variables that a fleet of these processes reads from its environment file."""
    read = {name for process in processes for name in env.PROCESS_VARIABLES[process]}
    return read - set(env.SET_BY_BOOT) - set(env.SET_BY_LAPTOP)


def environment(
    processes: Iterable[str], values: Mapping[str, str], *, boot: Mapping[str, str]
) -> dict[str, str]:
    """What `processes` read, and the boot script with them, in the order of the names.

    Raises ValueError if `values` lacks one of their variables, or has one that they don't read.
    """
    wanted = variables(processes)
    if wanted != set(values):
        raise ValueError(
            f"environment: missing {sorted(wanted - set(values))}, "
            f"read by no process {sorted(set(values) - wanted)}"
        )
    return dict(sorted({**values, **boot}.items()))
