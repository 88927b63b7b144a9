"""The engine behind its narrow interface: sites in, the same sites with annotations out."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from runtime.annotator.bcftools import Bcftools, CommandRun, EngineClock
from runtime.annotator.bundle import BCFTOOLS_VERSION, Bundle
from runtime.annotator.commands import steps_of
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.sites import SitesWriter

ROWS_IN_MEMORY = 10_000

_WARNING = re.compile(r"warning|error|\[[WE]::", re.IGNORECASE)

# It says so at each run, of exons and UTRs, which have no phase.
_OF_THE_BUNDLE = re.compile(r"GFF feature with unknown phase|warnings were suppressed")

SITES_BYTES_PER_SECOND = 20_000_000
"""What a bcftools command takes in, roughly; for the estimate of progress only."""


@dataclass
class EngineReport:
    """What the engine has to tell: version, warnings that it printed, peak memory in bytes."""

    version: str
    warnings: list[str] = dataclasses.field(default_factory=list)
    peak_bytes: int = 0


class Engine(Protocol):
    """An engine that annotates sites; see sites.SitesWriter for what they are."""

    def annotate(
        self,
        sites: Path,
        bundle: Bundle,
        out: Path,
        *,
        in_order: bool,
        limits: Limits,
        deadline: Deadline,
        tick: Callable[[float], None],
    ) -> EngineReport:
        """Write every row of `sites` to `out`, with INFO/BCSQ and the tags of `bundle.fields`.

        Rows of `out` are ordered by contig and position; `in_order` says that those of `sites`
        are. `tick` is told the share done, 0 to 1; if it raises, the engine is killed.

        Raises:
            EngineFailed: with a sentence for the owner of the job.
            TimeLimitReached: the deadline passed.
        """
        ...

    def index(
        self, vcf: Path, *, limits: Limits, deadline: Deadline, tick: Callable[[float], None]
    ) -> None:
        """Write the .tbi of a bgzip VCF beside it. Raises EngineFailed, TimeLimitReached."""
        ...


class BcftoolsEngine:
    """bcftools: `csq` for consequences, then `annotate` once for each track."""

    def __init__(self, bcftools: Bcftools) -> None:
        self._bcftools = bcftools

    def annotate(
        self,
        sites: Path,
        bundle: Bundle,
        out: Path,
        *,
        in_order: bool,
        limits: Limits,
        deadline: Deadline,
        tick: Callable[[float], None],
    ) -> EngineReport:
        """See Engine."""
        report = EngineReport(version=f"bcftools {BCFTOOLS_VERSION}")
        steps = 1 + len(bundle.manifest.tracks)
        expected = 0.005 + sites.stat().st_size / SITES_BYTES_PER_SECOND
        done = 0

        def run(command: list[str]) -> None:
            nonlocal done
            clock = EngineClock(expected)
            ran = self._bcftools.run(
                command,
                folder=out.parent,
                limits=limits,
                deadline=deadline,
                tick=lambda: tick((done + clock.share) / steps),
            )
            _note(report, command[0], ran, bundle)
            done += 1

        if not in_order:
            steps += 1
            sites = _put_in_order(sites, bundle, run)
        for command in _commands(sites, bundle, out):
            run(command)
        return report

    def index(
        self, vcf: Path, *, limits: Limits, deadline: Deadline, tick: Callable[[float], None]
    ) -> None:
        """See Engine."""
        clock = EngineClock(0.005 + vcf.stat().st_size / SITES_BYTES_PER_SECOND)
        self._bcftools.run(
            ["tabix", str(vcf)],
            folder=vcf.parent,
            limits=limits,
            deadline=deadline,
            tick=lambda: tick(clock.share),
        )


def _note(report: EngineReport, name: str, run: CommandRun, bundle: Bundle) -> None:
    printed = run.messages.replace(f"{bundle.folder}/", "")
    lines = [
        line
        for line in printed.splitlines()
        if _WARNING.search(line) and not _OF_THE_BUNDLE.search(line)
    ]
    report.warnings += [f"{name}: {line}" for line in lines]
    report.peak_bytes = max(report.peak_bytes, run.peak_bytes)


def _put_in_order(sites: Path, bundle: Bundle, run: Callable[[list[str]], None]) -> Path:
    """Sort by contig and position; then doubles that were apart lie together and are dropped.

    (`bcftools norm -d exact` drops them too, in 250 s where there are 30 at each position.)
    """
    double, ordered = sites.with_suffix(".double.vcf"), sites.with_suffix(".ordered.vcf")
    run(["sort", "-T", f"{sites}.sort.", "-o", str(double), str(sites)])
    with double.open("rb") as rows, SitesWriter(ordered, bundle.manifest.contigs) as writer:
        for row in rows:
            if not row.startswith(b"#"):
                contig, position, _, ref, alt, _ = row.split(b"\t", 5)
                writer.add(bundle.contigs[contig], int(position), ref, alt)
                if writer.pending >= ROWS_IN_MEMORY:
                    writer.flush()
    return ordered


def _commands(sites: Path, bundle: Bundle, out: Path) -> list[list[str]]:
    commands = []
    steps = steps_of(bundle.manifest, bundle.folder)
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        # `annotate` reads an indexed file where it takes from a VCF.
        form = ["-O", "v"] if last else ["-O", "b1", "--write-index"]
        target = out if last else out.parent / f"engine-{number}.bcf"
        commands.append([*step, "--no-version", *form, "-o", str(target), str(sites)])
        sites = target
    return commands
