"""What this machine can run at the same time."""

import os

GIB = 1024**3

ENGINE_BYTES = GIB // 2
"""Memory that an engine takes at the most, as a rule: see docs/performance.md."""

OTHERS_BYTES = GIB
"""Memory left to the annotator itself, the system, and pages of the reference."""

MOST_ENGINE_BYTES = 2 * GIB
"""More than this an engine may not hold, however large the machine is."""


def memory_bytes() -> int:
    """Bytes of memory that the machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def cores() -> int:
    """Processors that this process may use."""
    # Python on macOS, where developers work, has no sched_getaffinity.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine_count() -> int:
    """How many engines run at once: one for each core, as far as there is memory for them."""
    return max(1, min(cores(), (memory_bytes() - OTHERS_BYTES) // ENGINE_BYTES))


def bytes_of_engine() -> int:
    """Bytes that each of so many engines may hold."""
    each = (memory_bytes() - OTHERS_BYTES) // engine_count()
    return max(ENGINE_BYTES, min(MOST_ENGINE_BYTES, each))
