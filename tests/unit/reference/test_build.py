"""The bundle of the invented genome as a whole: what is in it, and that it is always the same."""

import gzip
import re
from pathlib import Path

import polars as pl
import pysam
import pytest

from reference.build import build
from reference.errors import InputError
from reference.progress import SILENT
from runtime.annotator.bundle import Bundle, load
from runtime.vcf.fasta import Fasta
from tests.genome.bundle import build_genome, write_sources
from tests.genome.models import genome
from tests.unit.reference.small import bases, build_small


@pytest.fixture(scope="module")
def bundle(genome_bundle: Path) -> Bundle:
    return load(genome_bundle)


def _contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_should_make_the_same_bytes_when_built_elsewhere(
    genome_bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "sources").mkdir()
    build_genome(tmp_path / "another place", tmp_path / "sources")

    assert _contents(tmp_path / "another place") == _contents(genome_bundle)


def test_should_hold_no_path_of_the_machine_when_built(genome_bundle: Path) -> None:
    for name, content in _contents(genome_bundle).items():
        unpacked = gzip.decompress(content) if name.endswith(".gz") else content
        assert str(genome_bundle.parent).encode() not in unpacked, name
        assert b"/tmp/" not in unpacked, name


def test_should_list_every_other_file_when_built(genome_bundle: Path, bundle: Bundle) -> None:
    files = {*_contents(genome_bundle)} - {"manifest.json"}

    assert {*bundle.manifest.checksums} == files
    assert {"genome.fa", "genes.gff3.gz", "csq.gff3.gz", "transcripts.parquet"} <= files
    assert {"vep/reference_policy.json", "vep/transcript/0000.parquet"} <= files


def test_should_hold_the_sequences_when_built(bundle: Bundle) -> None:
    fasta = Fasta(bundle.fasta_path)
    found = {name: fasta.bases(name, 1, length) for name, length in fasta.lengths.items()}

    assert found == {name: text.encode() for name, text in genome().contigs.items()}


def test_should_find_genes_by_the_index_when_they_are_sorted(bundle: Bundle) -> None:
    with pysam.TabixFile(str(bundle.genes_path)) as genes:
        rows = [row.split("\t") for row in genes.fetch("1", 12_000, 12_100)]
        every = [row.split("\t") for row in genes.fetch()]

    # LONG reaches over INSIDE, whose last exon the region lies in.
    assert {row[2] for row in rows} == {"gene", "mRNA", "exon", "CDS"}
    assert {(int(row[3]), int(row[4])) for row in rows if row[2] == "gene"} == {
        (11_501, 14_500),
        (12_001, 12_350),
    }
    order = ["1", "2", "chrM"]
    places = [(order.index(row[0]), int(row[3])) for row in every]
    assert places == sorted(places)


def test_should_describe_every_transcript_when_built(bundle: Bundle) -> None:
    table = pl.read_parquet(bundle.transcripts_path)

    found = table.select("stable_id", "contig", "start", "end", "STRAND", "cds_length", "BIOTYPE")
    assert {*found.iter_rows()} == {
        (
            model.name,
            model.contig,
            model.start,
            model.end,
            1 if model.strand == "+" else -1,
            len(model.coding_positions),
            model.biotype,
        )
        for model in genome().models
    }
    assert table["Feature"].str.ends_with(".2").all()
    flags = dict(table.select("SYMBOL", "FLAGS").drop_nulls().iter_rows())
    assert flags == {
        "NOSTART": "cds_start_NF",
        "NOSTART2": "cds_start_NF",
        "NOEND": "cds_end_NF",
        "NOEND2": "cds_end_NF",
        "CUG": "non_ATG_start",
        "SELENO": "selenocysteine",
    }


def test_should_find_a_selenocysteine_when_the_genes_do_not_mark_it(
    tmp_path: Path,
) -> None:
    # As in Ensembl's GFF3: the rows that mark it are GENCODE's.
    options = write_sources(tmp_path)
    marked = options.genes.read_text()
    unmarked = re.sub(r".*\tstop_codon_redefined.*\n", "", marked)
    assert unmarked != marked
    options.genes.write_text(unmarked)

    build(options, tmp_path / "bundle", SILENT)

    table = pl.read_parquet(tmp_path / "bundle/transcripts.parquet")
    found = table.filter(pl.col("selenocysteines").is_not_null())
    assert found.select("SYMBOL", "selenocysteines").rows() == [("SELENO", [41])]


def test_should_leave_the_earlier_bundle_when_a_build_fails(tmp_path: Path) -> None:
    options = write_sources(tmp_path)
    build(options, tmp_path / "out/bundle", SILENT)
    before = _contents(tmp_path / "out/bundle")
    # The last thing that a build reads.
    options.tracks[0].files[0].write_text("")

    with pytest.raises(InputError, match=r"known\.vcf"):
        build(options, tmp_path / "out/bundle", SILENT)

    assert _contents(tmp_path / "out/bundle") == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["bundle"]


def test_should_refuse_contigs_when_vepyr_takes_them_for_one(tmp_path: Path) -> None:
    rows = ("9 ncRNA 1 90 + . ID=t", "9 exon 1 90 + . Parent=t")

    with pytest.raises(InputError, match="9 and chr9: are one to vepyr"):
        build_small(tmp_path, *rows, contigs={"9": bases(), "chr9": bases()})


def test_should_name_the_protein_after_its_transcript_when_it_has_no_id(tmp_path: Path) -> None:
    # vepyr gives no protein change where a CDS has no protein id, without a word.
    rows = ("9 mRNA 1 90 + . ID=t", "9 exon 1 90 + . Parent=t", "9 CDS 1 90 + 0 Parent=t")

    small = build_small(tmp_path, *rows)

    for table in ("transcript", "translation_core"):
        name = "translation_stable_id" if table == "transcript" else "stable_id"
        frame = pl.read_parquet(small.folder / f"vep/{table}/0000.parquet")
        assert frame[name].to_list() == ["t"]
    assert small.transcripts["t"]["ENSP"] is None


def test_should_keep_transcripts_apart_when_alternate_contigs_repeat_ids(tmp_path: Path) -> None:
    names = ("6", "6_alt1", "6_alt2", "7")
    ids = ("T", "T", "T", "U")
    rows = [
        row
        for name, transcript in zip(names, ids, strict=True)
        for row in (
            f"{name} ncRNA 1 90 + . ID=transcript:{transcript}",
            f"{name} exon 1 90 + . Parent=transcript:{transcript}",
        )
    ]

    small = build_small(tmp_path, *rows, contigs={name: bases() for name in names})

    shards = sorted((small.folder / "vep/transcript").glob("*.parquet"))
    tables = [pl.read_parquet(path) for path in shards]
    assert [table["chrom"].to_list() for table in tables] == [["6"], ["6_alt1"], ["6_alt2", "7"]]
    assert [row["contig"] for row in small.rows] == [*names]
