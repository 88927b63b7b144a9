"""Runs a bare `bcftools csq`, the reference for the annotator, in a process of its own.

Usage: python -m bench.csq_run VCF BUNDLE OUT_FILE
"""

import json
import sys
import time
from pathlib import Path

import pysam.bcftools


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Plain VCF in, plain VCF out, with the bundle's options; print {"seconds": ...}."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    began = time.perf_counter()
    pysam.bcftools.csq(
        *manifest["engine"]["csq_options"],
        *("-f", str(bundle / manifest["fasta"]), "-g", str(bundle / manifest["genes"])),
        *("-O", "v", "-o", str(out), str(vcf)),
        catch_stdout=False,
    )
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
