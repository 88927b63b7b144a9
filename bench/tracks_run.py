"""Looks alleles up in a bundle's tracks, in a process of its own; prints the figures as JSON.

Usage: python -m bench.tracks_run SITES BUNDLE OUT_FOLDER

SITES is an Arrow file of batches.SITES, all of which the tracks know. They are looked up in
batches, as the annotator does.
"""

import json
import sys
import time
from pathlib import Path

import polars as pl

from bench.measure import cpu_seconds
from runtime.annotator.bundle import load
from runtime.annotator.limits import Limits
from runtime.annotator.tracks import track_fields


def main(sites: Path, bundle: Path) -> None:
    """Look the alleles up; print an annotate_runs.Printed, whose effects are alleles found."""
    loaded = load(bundle)
    loaded.read_ahead()
    given = pl.read_ipc(sites, memory_map=False)
    began, used = time.perf_counter(), cpu_seconds()
    found = 0
    for batch in given.iter_slices(Limits().batch_records):
        found += len(track_fields(batch, loaded, lambda: None))
    seconds, cpu = time.perf_counter() - began, cpu_seconds() - used
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "effects": found}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
