"""Runs of the annotator and of a bare engine on one input, in turn."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from bench.annotate_report import PartResult, ToolFigures
from bench.measure import Measurement, measure
from bench.report import series
from local.progress import Step


class Printed(BaseModel):
    """The output of a run, without the start of the process: a worker starts once for many jobs."""

    seconds: float
    cpu_seconds: float
    stages: dict[str, float] = {}
    effects: int = 0


@dataclass(frozen=True)
class Input:
    """An input with its bundle, and what the annotator is compared with.

    Attributes:
        engine: the bare one, whose module is bench.ENGINE_run.
        max_ratio: what the annotator's whole path may take of the engine's time.
        alleles: how many the file holds.
    """

    title: str
    vcf: Path
    bundle: Path
    engine: str
    max_ratio: float
    alleles: int


Run = tuple[Measurement, Printed]


def measure_runs(
    work: Input, folder: Path, runs: int, snpeff: Path | None, step: Step
) -> PartResult:
    """Run all in turn, so that other load on the machine affects each of them.

    Args:
        work: the input.
        folder: for outputs, which are replaced run by run.
        runs: how often.
        snpeff: its database of the bundle's genes, if SnpEff is to run too.
        step: shows how far it is.
    """
    bare, ours, theirs = list[Run](), list[Run](), list[Run]()
    for number in range(runs):
        step.detail = f"{number + 1} of {runs}, bare {work.engine}"
        bare.append(_run(f"{work.engine}_run", work.vcf, work.bundle, folder))
        step.detail = f"{number + 1} of {runs}, annotator"
        ours.append(_run("annotator_run", work.vcf, work.bundle, folder))
        if snpeff:
            step.detail = f"{number + 1} of {runs}, SnpEff"
            theirs.append(_run("snpeff_run", work.vcf, snpeff, folder))
    step.detail = f"{runs} runs"
    return PartResult(
        title=work.title,
        alleles=work.alleles,
        effects=ours[0][1].effects,
        engine=work.engine,
        max_ratio=work.max_ratio,
        bare=_figures(bare),
        annotator=_figures(ours),
        stage_seconds={
            name: series([printed.stages[name] for _, printed in ours])
            for name in ours[0][1].stages
        },
        snpeff=_figures(theirs) if theirs else None,
    )


def _run(module: str, vcf: Path, reference: Path, folder: Path) -> Run:
    out = folder / module
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    run = measure([sys.executable, "-m", f"bench.{module}", vcf, reference, out])
    return run, Printed.model_validate_json(run.output)


def _figures(runs: list[Run]) -> ToolFigures:
    return ToolFigures(
        seconds=series([printed.seconds for _, printed in runs]),
        cpu_seconds=series([printed.cpu_seconds for _, printed in runs]),
        peak_bytes=series([run.peak_bytes for run, _ in runs]),
        peak_own_bytes=series([run.peak_own_bytes for run, _ in runs]),
    )
