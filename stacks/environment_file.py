"""The environment file of a fleet: what its processes read, and nothing else."""

from collections.abc import Callable, Collection, Iterable, Mapping

from runtime.contract.environment import as_text, variable_name
from runtime.contract.processes import ProcessConfig

Processes = Collection[type[ProcessConfig]]

Suppliers = Mapping[str, Callable[[], object]]
"""The value of each setting, by its field. Only the suppliers of what a fleet reads are called: a
call makes a reference to another stack."""


def environment(
    processes: Processes, suppliers: Suppliers, *, own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables that `processes` read, by `suppliers` or as a stack's `own` settings.

    Raises:
        ValueError: naming the settings that nothing supplies, and those of `own` that none reads.
    """
    own = own or {}
    read = _read_by(processes)
    if missing := read - set(suppliers) - set(own):
        raise ValueError(f"nothing supplies {', '.join(sorted(missing))}")
    refuse_unread(own, processes)
    return {
        variable_name(name): as_text(own[name] if name in own else suppliers[name]())
        for name in read
    }


def refuse_unread(names: Iterable[str], processes: Processes) -> None:
    """Refuse settings that none of `processes` reads.

    Raises:
        ValueError: naming them.
    """
    if unread := set(names) - _read_by(processes):
        raise ValueError(f"no process reads {', '.join(sorted(unread))}")


def _read_by(processes: Processes) -> set[str]:
    return set().union(*(process.supplied() for process in processes))
