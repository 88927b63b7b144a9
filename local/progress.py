"""Shows the progress of a command: a line for each step, with its duration."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@dataclass
class Step:
    """A step. `detail` may be set while the step runs, and is shown after its name."""

    name: str
    detail: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The step's line, without its duration."""
        return f"{self.name} ({self.detail})" if self.detail else self.name


class Steps:
    """Shows the steps of a command; several may run at a time, in threads.

    A terminal shows the running steps below the finished ones. Elsewhere each step's line is
    printed when it ends.

    Args:
        console: for the lines.
    """

    def __init__(self, console: Console) -> None:
        self.done: list[Step] = []
        self._console = console
        self._running = Progress(
            TextColumn("  "),
            SpinnerColumn(),
            TextColumn("{task.fields[step].text}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._running.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.stop()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show a step while the context lasts, and then its duration."""
        step = Step(name)
        task = self._running.add_task(name, step=step)
        begin = time.monotonic()
        outcome = "[red]failed[/red]"
        try:
            yield step
            outcome = "[green]    ok[/green]"
        finally:
            step.seconds = time.monotonic() - begin
            self._running.remove_task(task)
            self.done.append(step)
            self._console.print(
                f"{outcome} {step.seconds:6.1f} s  {escape(step.text)}",
                highlight=False,
                soft_wrap=True,
            )
