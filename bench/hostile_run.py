"""Annotates one file in a process of its own, as a job; prints what became of it as JSON.

Usage: python -m bench.hostile_run VCF BUNDLE OUT_FOLDER
"""

import json
import sys
import time
from pathlib import Path

from runtime.annotator.bundle import load
from runtime.annotator.errors import JobFailed
from runtime.annotator.pipeline import annotate_file


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Annotate; print a limits_files.Printed."""
    loaded, refusal = load(bundle), None
    began = time.perf_counter()
    try:
        annotate_file(vcf, vcf.name, loaded, out)
    except JobFailed as error:
        refusal = str(error)
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - began, "refusal": refusal}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
