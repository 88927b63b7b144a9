"""The engines behind their narrow interface: distinct sites in, a table of effects out."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_process import CommandRun, EngineProcess
from runtime.annotator.limits import Deadline, Limits

_LINE = "{}\t{}\t{}\t{}\t{}\t.\t.\t."


@dataclass
class Run:
    """Runs commands of the engines for one job, and remembers what it saw.

    Attributes:
        folder: for the files of the engines.
        check_cancelled: called several times a second; may raise to end the job.
        warnings: what the engines printed that their users must know.
        peak_bytes: the most memory that a command held.
    """

    process: EngineProcess
    folder: Path
    limits: Limits
    deadline: Deadline
    check_cancelled: Callable[[], None]
    warnings: list[str] = dataclasses.field(default_factory=list)
    peak_bytes: int = 0
    _made: dict[str, Path] = dataclasses.field(default_factory=dict)

    def once(self, name: str, make: Callable[[Path], Path]) -> Path:
        """Return what `make` made in a new folder of that name, the first time that it's asked."""
        if name not in self._made:
            folder = self.folder / name
            folder.mkdir()
            self._made[name] = make(folder)
        return self._made[name]

    def command(self, *command: str) -> CommandRun:
        """Run one command. Raises EngineFailed, TimeLimitReached, what `check_cancelled` does."""
        ran = self.process.run(
            list(command),
            folder=self.folder,
            limits=self.limits,
            deadline=self.deadline,
            check_cancelled=self.check_cancelled,
        )
        self.peak_bytes = max(self.peak_bytes, ran.peak_bytes)
        return ran

    def warn(self, line: str) -> None:
        """Keep a warning, once."""
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
