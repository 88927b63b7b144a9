"""A bare vepyr with the fields of the annotator, into Parquet, in a process of its own.

Usage: python -m bench.vepyr_run VCF BUNDLE OUT_FOLDER

One worker, as in the annotator.
"""

import json
import sys
import time
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import vepyr

from bench.measure import cpu_seconds
from runtime.annotator.bundle import Bundle
from runtime.common.manifest import FILE_NAME, Manifest

SITE = ("chrom", "start", "id", "ref", "alt", "qual", "filter", "VARIANT_CLASS")
EFFECT = (
    *("Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE", "EXON"),
    *("INTRON", "HGVSc", "HGVSp", "cDNA_position", "CDS_position", "Protein_position"),
    *("Amino_acids", "Codons", "STRAND", "FLAGS", "SYMBOL_SOURCE", "HGNC_ID", "CANONICAL"),
    *("MANE_SELECT", "MANE_PLUS_CLINICAL", "TSL", "APPRIS", "CCDS", "ENSP"),
)
"""The columns of variants.parquet that vepyr knows."""


def main(vcf: Path, bundle: Path, out: Path) -> None:
    """Plain VCF in, Parquet out, a row an effect; print an annotate_runs.Printed."""
    manifest = Manifest.model_validate_json((bundle / FILE_NAME).read_bytes())
    loaded = Bundle(bundle, manifest)
    fasta, table = loaded.link_vep_fasta(out), out / "vepyr.parquet"
    began, used = time.perf_counter(), cpu_seconds()
    effects = vepyr.annotate(
        str(vcf),
        str(loaded.vep_cache_path),
        reference_fasta=str(fasta),
        distance=0,
        no_escape=True,
        skip_csq=True,
        info_fields=[],
        format_fields=[],
        preserve_record_layout=False,
        show_progress=False,
    )
    if not isinstance(effects, pl.LazyFrame):
        raise TypeError("vepyr returned no LazyFrame")
    effects.select(*SITE, *EFFECT).explode(EFFECT, empty_as_null=True).sink_parquet(table)
    seconds, cpu = time.perf_counter() - began, cpu_seconds() - used
    rows = pq.read_metadata(table).num_rows
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "effects": rows}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
