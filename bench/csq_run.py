"""Runs a bare `bcftools csq`, the reference for the annotator, in a process of its own.

Usage: python -m bench.csq_run VCF BUNDLE OUT_FOLDER
"""

import json
import sys
import time
from pathlib import Path

import pysam.bcftools

from bench.measure import cpu_seconds
from runtime.common.manifest import FILE_NAME, Manifest

OPTIONS = ("--local-csq", "--genetic-code", "2", "--samples", "-")
"""Those of the annotator for the mitochondrion; without a look at the samples, as it does."""


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Plain VCF in, plain VCF out; print an annotate_runs.Printed."""
    manifest = Manifest.model_validate_json((bundle / FILE_NAME).read_bytes())
    began, used = time.perf_counter(), cpu_seconds()
    pysam.bcftools.csq(
        *OPTIONS,
        *("-f", str(bundle / manifest.fasta), "-g", str(bundle / str(manifest.csq_genes))),
        *("-O", "v", "-o", str(out / "csq.vcf"), str(vcf)),
        catch_stdout=False,
    )
    seconds, cpu = time.perf_counter() - began, cpu_seconds() - used
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_seconds": cpu}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
