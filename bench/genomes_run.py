"""Loads references and annotates files with them like a worker, in a process of its own.

Usage: python -m bench.genomes_run OUT_FOLDER BUNDLE VCF [BUNDLE VCF ...]
"""

import json
import sys
import time
from pathlib import Path

import psutil

from runtime.annotator.bundle import load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.pipeline import annotate_file


def main(out: Path, pairs: list[tuple[Path, Path]]) -> None:
    """Annotate the files in turn; print a genomes.Printed."""
    began = time.perf_counter()
    bundles = {folder: load(folder) for folder, _ in pairs}
    loaded = time.perf_counter()
    for bundle in bundles.values():
        bundle.read_ahead()
    started = time.perf_counter()
    memory = psutil.Process().memory_info()
    jobs = []
    with EnginePool() as process:
        process.start()
        for folder, vcf in pairs:
            start = time.perf_counter()
            outcome = annotate_file(vcf, vcf.name, bundles[folder], out, process=process)
            seconds = time.perf_counter() - start
            jobs.append({"seconds": seconds, "engine_bytes": outcome.engine_peak_bytes})
        engines = process.size
    figures = {
        "load_seconds": loaded - began,
        "read_seconds": started - loaded,
        "own_bytes": memory.rss - memory.shared,
        "engines": engines,
        "jobs": jobs,
    }
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    _, folder, *rest = map(Path, sys.argv)
    main(folder, list(zip(rest[::2], rest[1::2], strict=True)))
