"""One run of the annotator's whole path, in a process of its own; prints its stages as JSON.

Usage: python -m local.bench.annotator_run VCF BUNDLE OUT_FOLDER

The one module of `local` that knows the annotator: a benchmark of its inside can't go by the API.
"""

import json
import sys
from pathlib import Path

from runtime.annotator.bundle import load
from runtime.annotator.pipeline import annotate_file


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Annotate and print {"durations": {stage: seconds}, "records": number}."""
    outcome = annotate_file(vcf, vcf.name, load(bundle), out)
    sys.stdout.write(json.dumps({"durations": dict(outcome.durations)}) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
