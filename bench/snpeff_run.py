"""SnpEff on one input, in a process of its own.

Usage: python -m bench.snpeff_run VCF DATABASE_FOLDER OUT_FOLDER
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from bench.measure import cpu_seconds
from bench.snpeff import CONFIG, GENOME, PROGRAM


def main(vcf: Path, database: Path, out: Path) -> None:
    """Plain VCF in, plain VCF out, effects within genes only; print an
    annotate_runs.Printed.

    Its start counts: it loads the genome once a run.
    """
    options = ["-noStats", "-noLog", "-ud", "0", "-c", str(database / CONFIG)]
    began, used = time.perf_counter(), cpu_seconds()
    with (out / "snpeff.vcf").open("wb") as annotated:
        subprocess.run([PROGRAM, "ann", *options, GENOME, str(vcf)], stdout=annotated, check=True)
    seconds, cpu = time.perf_counter() - began, cpu_seconds() - used
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_seconds": cpu}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
