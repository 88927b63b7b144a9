"""Invented genomes are whole: every protein runs from a start codon to the only stop codon."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pysam
import pytest

from bench.genome import DENSE, HUMAN, MANY_TRANSCRIPTS, Shape, write_genome
from reference.build import Built, build
from reference.options import BuildOptions
from reference.progress import SILENT

SMALL = replace(DENSE, contigs={"1": 40_017, "X": 20_000})


def written(shape: Shape, folder: Path) -> Path:
    folder.mkdir()
    write_genome(shape, folder, lambda _text: None)
    return folder


def built(genome: Path, out: Path) -> Built:
    options = BuildOptions(
        name="invented",
        assembly="invented",
        fasta=(genome / "genome.fa",),
        genes=genome / "genes.gff3",
    )
    return build(options, out, SILENT)


@pytest.mark.parametrize(
    "shape", [SMALL, *(replace(each, contigs={"1": 330_000}) for each in (HUMAN, MANY_TRANSCRIPTS))]
)
def test_should_be_taken_whole_by_the_builder_when_a_genome_is_written(
    shape: Shape, tmp_path: Path
) -> None:
    bundle = built(written(shape, tmp_path / "genome"), tmp_path / "bundle")

    genes = sum(length // shape.spacing for length in shape.contigs.values())
    assert bundle.transcripts == genes * shape.transcripts
    assert bundle.manifest.left_out == {}
    assert bundle.notes == []


def test_should_have_no_stop_codon_but_the_last_when_a_transcript_is_translated(
    tmp_path: Path,
) -> None:
    built(written(SMALL, tmp_path / "genome"), tmp_path / "bundle")

    (folder,) = (tmp_path / "bundle").glob("**/translation_core")
    proteins = pl.concat(
        pl.read_parquet(path, columns=["transcript_id", "cds_sequence"])
        for path in folder.glob("*.parquet")
    )["cds_sequence"].drop_nulls()
    assert len(proteins) > 30
    for cds in proteins:
        codons = [cds[at : at + 3] for at in range(0, len(cds), 3)]
        assert codons[0] == "ATG"
        assert [codon in ("TAA", "TAG", "TGA") for codon in codons].index(True) == len(codons) - 1


def test_should_write_the_same_bytes_when_written_again(tmp_path: Path) -> None:
    one, two = written(SMALL, tmp_path / "one"), written(SMALL, tmp_path / "two")

    for name in ("genome.fa", "genes.gff3"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_should_have_sequences_as_long_as_said_when_a_genome_is_written(tmp_path: Path) -> None:
    fasta = written(SMALL, tmp_path / "genome") / "genome.fa"
    pysam.faidx(str(fasta))

    with pysam.FastaFile(str(fasta)) as file:
        assert dict(zip(file.references, file.lengths, strict=True)) == SMALL.contigs
        assert file.fetch("1")[:10_000] != file.fetch("X")[:10_000]


def test_should_be_human_in_its_shares_when_a_genome_of_human_size_is_wanted() -> None:
    coding = sum(end - begin for begin, end in HUMAN.coding_spans)
    gene = HUMAN.exon_spans[-1][1] - HUMAN.exon_spans[0][0]

    assert coding / HUMAN.spacing == pytest.approx(0.015, rel=0.01)
    assert gene / HUMAN.spacing == pytest.approx(0.40, rel=0.02)
    assert len(HUMAN.contigs) == 24
    genes = sum(length // HUMAN.spacing for length in HUMAN.contigs.values())
    assert 250_000 <= genes * HUMAN.transcripts <= 500_000
    assert genes * MANY_TRANSCRIPTS.transcripts >= 509_650  # Ensembl 115
