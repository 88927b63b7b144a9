"""Runs the annotator's whole path once, in a process of its own; prints its stages as JSON.

Usage: python -m bench.annotator_run VCF BUNDLE OUT_FOLDER

It calls the annotator directly: the time of each stage can't be seen from outside. Like a worker it
annotates a small file first, so that what is loaded once for all jobs doesn't count.
"""

import json
import sys
import time
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from bench.measure import cpu_seconds
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.pipeline import annotate_file
from runtime.common.keys import ResultNames

LINES_OF_FIRST_JOB = 200


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Annotate; print an annotate_runs.Printed."""
    loaded = load(bundle)
    with EnginePool() as process:
        _annotate_beginning(vcf, loaded, out, process)
        began, used = time.perf_counter(), cpu_seconds()
        outcome = annotate_file(vcf, vcf.name, loaded, out, process=process)
        seconds, cpu = time.perf_counter() - began, cpu_seconds() - used
    table = out / ResultNames.of(vcf.name).parquet
    figures = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "stages": dict(outcome.durations),
        "effects": pq.read_metadata(table).num_rows,
    }
    sys.stdout.write(json.dumps(figures))


def _annotate_beginning(vcf: Path, bundle: Bundle, out: Path, process: EnginePool) -> None:
    """Annotate the first records of the input, whose contig's transcripts are then known."""
    first = out / "first.vcf"
    with vcf.open() as lines:
        first.write_text("".join(islice(lines, LINES_OF_FIRST_JOB)))
    annotate_file(first, first.name, bundle, out, process=process)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
