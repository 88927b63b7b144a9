"""What every fault has in common: its jobs, and how often and when it struck."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chaos.inputs import Inputs
from chaos.machines import Machines
from chaos.people import People, Submitted
from chaos.target import Target


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The platform, its processes, people to submit jobs, and their files.

    Attributes:
        reference: the name of the reference that the inputs are for.
        dice: makes every choice, so that a seed repeats them.
    """

    target: Target
    machines: Machines
    people: People
    inputs: Inputs
    reference: str
    dice: random.Random


@dataclass
class Struck:
    """What a fault did.

    Attributes:
        times: how often it struck.
        at_work: how often it struck while work was going on.
        jobs: those that had to live through it.
        archived: the ids of those whose results were to be archived meanwhile.
        kept: the ids of those of them that were not.
        moments: from when to when a process may have been cut off between the sending of an email
            and the note about it, in epoch seconds.
    """

    times: int = 0
    at_work: int = 0
    jobs: list[Submitted] = field(default_factory=list)
    archived: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    moments: list[tuple[float, float]] = field(default_factory=list)

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Note the time of what happens in the context."""
        begin = time.time()
        try:
            yield
        finally:
            self.moments.append((begin, time.time()))
