"""The engines behind their narrow interface: distinct sites in, a table of effects out."""

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engine_process import Command, CommandRun
from runtime.annotator.limits import Deadline, Limits

T = TypeVar("T")

_LINE = "{}\t{}\t{}\t{}\t{}\t.\t.\t."


@dataclass
class Run:
    """Runs commands of the engines for one job, and remembers what it saw.

    Several threads may use it.

    Attributes:
        folder: for the files of the engines.
        threads: in which `at_once` works; as many as there are engines.
        check_cancelled: called several times a second; may raise to end the job.
        warnings: what the engines printed that their users must know.
        peak_bytes: the most memory that a command held.
    """

    process: EnginePool
    folder: Path
    threads: Executor
    limits: Limits
    deadline: Deadline
    check_cancelled: Callable[[], None]
    warnings: list[str] = dataclasses.field(default_factory=list)
    peak_bytes: int = 0
    _made: dict[str, Path] = dataclasses.field(default_factory=dict)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def once(self, name: str, make: Callable[[Path], Path]) -> Path:
        """Return what `make` made in a new folder of that name, the first time that it's asked."""
        with self._lock:
            if name not in self._made:
                folder = self.folder / name
                folder.mkdir()
                self._made[name] = make(folder)
            return self._made[name]

    @contextmanager
    def new_folder(self, name: str) -> Iterator[Path]:
        """A folder for one command's files, removed with them at the end."""
        with TemporaryDirectory(dir=self.folder, prefix=f"{name}-") as folder:
            yield Path(folder)

    def at_once(self, tasks: Iterable[Callable[[], T]]) -> list[T]:
        """Do tasks in several threads; return what each returned, in their order.

        Raises:
            Exception: what the first task that failed raised; those not begun are left out.
        """
        futures = [self.threads.submit(task) for task in tasks]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    def check(self) -> None:
        """Raise TimeLimitReached past the deadline, or what `check_cancelled` raises."""
        self.deadline.check()
        self.check_cancelled()

    def command(self, *command: str) -> CommandRun:
        """Run one command. Raises EngineFailed, TimeLimitReached, what `check_cancelled` does."""
        ran = self.process.run(
            Command(
                words=list(command),
                folder=self.folder,
                limits=self.limits,
                deadline=self.deadline,
                check_cancelled=self.check_cancelled,
            )
        )
        with self._lock:
            self.peak_bytes = max(self.peak_bytes, ran.peak_bytes)
        return ran

    def warn(self, line: str) -> None:
        """Keep a warning, once."""
        with self._lock:
            if line not in self.warnings:
                self.warnings.append(line)


class Engine(Protocol):
    """An engine, for the contigs that it is right about."""

    def handles(self, bundle: Bundle) -> list[int]:
        """Return the contigs of a bundle that it annotates, as places in the manifest."""
        ...

    def effects(self, sites: pl.DataFrame, bundle: Bundle, run: Run) -> pl.DataFrame:
        """Annotate sites (batches.SITES) of such contigs; return effects.EFFECTS.

        Raises:
            EngineFailed: it stopped, or left a site out.
        """
        ...

    def facts(self, bundle: Bundle) -> dict[str, object] | None:
        """Tell for the summary what it is: name, version, options; None if it has no contig."""
        ...


def write_sites(path: Path, sites: pl.DataFrame, bundle: Bundle) -> None:
    """Write sites as a VCF whose IDs are their numbers."""
    contigs = bundle.manifest.contigs
    used = sites["contig"].unique().sort().to_list()
    names = pl.Series([contig.name for contig in contigs], dtype=pl.String)
    header = ["##fileformat=VCFv4.2"]
    header += [f"##contig=<ID={contigs[at].name},length={contigs[at].length}>" for at in used]
    header.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    lines = sites.select(
        pl.format(
            _LINE,
            names.gather(sites["contig"]),
            "position",
            "site",
            "ref",
            "alt",
        ).alias("line")
    )
    with path.open("wb") as file:
        file.write("\n".join(header).encode())
        lines.write_csv(file, include_header=False, quote_style="never")
