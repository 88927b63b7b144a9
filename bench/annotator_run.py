"""Runs the annotator's whole path once, in a process of its own; prints its stages as JSON.

Usage: python -m bench.annotator_run VCF BUNDLE OUT_FOLDER

It calls the annotator directly: the time of each stage can't be seen from outside.
"""

import json
import sys
import time
from pathlib import Path

from runtime.annotator.bundle import load
from runtime.annotator.pipeline import annotate_file


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Annotate, and print {"seconds": total, "stages": {name: seconds}}."""
    loaded = load(bundle)
    began = time.perf_counter()
    outcome = annotate_file(vcf, vcf.name, loaded, out)
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"seconds": seconds, "stages": dict(outcome.durations)}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
