"""The track of the benchmark: it fits its genome, and every allele of it is found."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pysam

from bench.genome import DENSE, write_genome
from bench.known_alleles import FIELDS, known_alleles, write_track
from bench.tracks import sites_of
from reference.build import build
from reference.options import BuildOptions, read_track
from reference.progress import SILENT
from runtime.annotator.bundle import load
from runtime.annotator.tracks import track_fields
from runtime.vcf.fasta import Fasta

RECORDS = 5_000


def test_should_find_each_allele_when_the_benchmark_s_track_is_built(tmp_path: Path) -> None:
    write_genome(replace(DENSE, contigs={"1": 40_017, "X": 20_000}), tmp_path, lambda _text: None)
    pysam.faidx(str(tmp_path / "genome.fa"))
    fasta, known = Fasta(tmp_path / "genome.fa"), tmp_path / "known.vcf.gz"
    write_track(fasta, RECORDS, known, lambda _records: None)
    options = BuildOptions(
        name="tracks",
        assembly="invented",
        fasta=(tmp_path / "genome.fa",),
        genes=tmp_path / "genes.gff3",
        tracks=(read_track(f"known={known}:{FIELDS}"),),
    )
    built = build(options, tmp_path / "bundle", SILENT)

    found = track_fields(sites_of(fasta, RECORDS, 1_000), load(tmp_path / "bundle"), lambda: None)

    assert len(found) == 1_000
    assert found.select(pl.all().null_count()).row(0) == (0,) * 6
    assert all("before them" in reason for reason in built.manifest.left_out)
    assert sum(len(rows) for _, rows in known_alleles(fasta, RECORDS)) == RECORDS
