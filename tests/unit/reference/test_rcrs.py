"""The build as a whole: what is in the bundle, that it's always the same, and how it fails."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pysam
import pytest

from reference.errors import InputError
from reference.rcrs.build import build_rcrs
from reference.rcrs.facts import DATA


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data files, to be damaged."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def test_should_make_the_same_bytes_when_built_twice(bundle: Path, tmp_path: Path) -> None:
    build_rcrs(tmp_path / "elsewhere" / "again")

    assert _contents(tmp_path / "elsewhere" / "again") == _contents(bundle)


def test_should_list_every_other_file_with_its_checksum_when_built(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    files = _contents(bundle)
    del files["manifest.json"]

    assert manifest["checksums"] == {
        name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in files.items()
    }


def test_should_describe_the_genome_when_built(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())

    assert (manifest["format"], manifest["name"], manifest["assembly"]) == (2, "rcrs", "rCRS")
    assert manifest["contigs"] == [
        {
            "name": "MT",
            "aliases": ["chrM", "M", "NC_012920.1", "chrMT"],
            "length": 16569,
            "genetic_code": 2,
            "circular": True,
            "accession": "NC_012920.1",
        }
    ]


def test_should_name_files_that_are_there_when_built(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    tracks = [track["file"] for track in manifest["tracks"]]
    indexed = {manifest["genes"], *tracks}
    named = {manifest[key] for key in ("fasta", "csq_genes", "transcripts", "sample")} | indexed
    indexes = {f"{manifest['fasta']}.fai", *(f"{name}.tbi" for name in indexed)}
    indexes |= {f"{name}.blocks.parquet" for name in tracks}

    assert {*named, *indexes, "manifest.json"} == set(_contents(bundle))


def test_should_hold_rcrs_when_the_fasta_is_read_by_its_index(bundle: Path) -> None:
    with pysam.FastaFile(str(bundle / "genome.fa")) as fasta:
        sequence = fasta.fetch("MT")

    # The M5 of MT and chrM in the headers of GRCh37 and GRCh38 alignments.
    assert hashlib.md5(sequence.encode()).hexdigest() == "c68f52674c9fb33aef52dcf399755519"
    # 3107 keeps the historical numbering; no base is there.
    assert sequence[3106] == "N"
    assert sequence.count("N") == 1


def test_should_find_a_known_variant_when_looked_up_by_the_index(bundle: Path) -> None:
    with (
        pysam.VariantFile(str(bundle / "known.vcf.gz")) as known,
        pysam.VariantFile(str(bundle / "mitomap.vcf.gz")) as mitomap,
    ):
        (named,) = known.fetch("MT", 3242, 3243)
        (first, second) = mitomap.fetch("MT", 3242, 3243)

    assert (named.id, named.alts) == ("rs199474657", ("G",))
    assert (first.alts, first.info["CLNSIG"]) == (("G",), "Pathogenic")
    assert (second.alts, second.info["CLNSIG"]) == (("T",), "Likely_pathogenic")


def test_should_name_genes_and_no_proteins_when_their_ids_are_not_known(bundle: Path) -> None:
    table = pl.read_parquet(bundle / "transcripts.parquet")

    assert table.filter(SYMBOL="MT-ND1").select("HGNC_ID", "SYMBOL_SOURCE").row(0) == (
        *("HGNC:7455", "HGNC"),
    )
    assert table["ENSP"].null_count() == len(table) == 37


def test_should_leave_the_earlier_bundle_when_a_fact_is_wrong(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "rcrs"
    build_rcrs(out)
    before = _contents(out)
    (data / "sample-variants.tsv").write_text("pos\n")

    with pytest.raises(InputError):
        build_rcrs(out, data)

    assert _contents(out) == before
    assert list(out.parent.iterdir()) == [out]


def test_should_leave_the_earlier_bundle_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "rcrs"
    build_rcrs(out)
    (out / "leftover").touch()
    rename = Path.rename

    def refuse_the_new_one(path: Path, target: Path) -> Path:
        if path.name == "bundle":
            raise PermissionError(13, "Permission denied", str(target))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new_one)
    with pytest.raises(PermissionError):
        build_rcrs(out)

    assert "leftover" in _contents(out)


def test_should_replace_an_earlier_bundle_when_built_again(tmp_path: Path) -> None:
    out = tmp_path / "out" / "rcrs"
    build_rcrs(out)
    (out / "leftover").touch()

    build_rcrs(out)

    assert "leftover" not in _contents(out)
    assert list(out.parent.iterdir()) == [out]


def test_should_refuse_when_the_folder_holds_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()

    with pytest.raises(InputError, match="holds no bundle"):
        build_rcrs(tmp_path)

    assert list(_contents(tmp_path)) == ["thesis.docx"]


@pytest.mark.parametrize(
    ("file", "edit", "message"),
    [
        ("rCRS.fa", ("GATCACAGGT", "GATCACAGGA"), r"rCRS\.fa: .*MD5 digest"),
        ("rCRS.fa", ("GATCACAGGT", "GATCACAGG"), r"rCRS\.fa: 16569 bases expected, 16568 found"),
        ("rCRS.fa", (">NC_012920.1", "NC_012920.1"), r"rCRS\.fa: should hold one FASTA record"),
        ("genes.tsv", ("\t16023\t", "\t16570\t"), r"genes\.tsv, line 38: .* outside the 16569"),
        ("genes.tsv", ("\t12137\t", "\t12138\t"), r"genes\.tsv, line 29: .*incomplete codon 'TG'"),
        (
            "genes.tsv",
            ("MT-TV\t", "MT-TF\t"),
            r"genes\.tsv, line 4: MT-TF is listed more than once",
        ),
        ("genes.tsv", ("HGNC:7455", "7455"), r"genes\.tsv, line 7: MT-ND1 .*hgnc_id that is none"),
        ("genes.tsv", ("ENSG00000198888.2", "ND1"), r"genes\.tsv, line 7: MT-ND1 .*no Ensembl one"),
        ("genes.tsv", ("\t647\t+\t", "\t647\t1\t"), r"genes\.tsv, line 2: strand should be one of"),
        ("genes.tsv", ("\t577\t", "\tstart\t"), r"genes\.tsv, line 2: start should be a whole"),
        ("genes.tsv", ("biotype", "kind"), r"genes\.tsv, line 1: the columns should be"),
        ("genes.tsv", ("MT-TF\t577", "MT-TF"), r"genes\.tsv, line 2: 9 fields expected, 8 found"),
        ("known-ids.tsv", ("73\tA\tG", "73\tC\tG"), r"line 2: REF at 73 should be 'A'"),
        ("known-ids.tsv", ("73\tA\tG", "73\tA\tA"), r"line 2: ALT should be bases other"),
        ("known-ids.tsv", ("rs869183622", "869183622"), r"line 2: dbsnp_id should be like"),
        ("known-ids.tsv", ("146\tT\tC", "73\tA\tG"), r"line 3: the same allele is on line 2"),
        ("known-ids.tsv", ("\tdbSNP (HmtVar)", "\t"), r"line 2: source is missing"),
        ("mitomap-diseases.tsv", ("72\tT\tC", "72\tT\tT"), r"line 2: ALT should be bases other"),
        ("mitomap-diseases.tsv", ("\tPathogenic\t", "\tBad\t"), r"clingen should be one of"),
        ("mitomap-diseases.tsv", ("\tReported\t", "\tRumoured\t"), r"line 2: status should be"),
        ("mitomap-frequencies.tsv", ("3\tT\tC\t0", "3\tT\tC\t61884"), r"count should be at most"),
        ("mitotip.tsv", ("20.3833", "high"), r"line 2: score should be a number"),
        ("stretches.tsv", ("\t16383\t", "\t16570\t"), r"a place in the 16569 bases"),
        ("sample-variants.tsv", ("73\tA\tG", "73\tT\tG"), r"line 2: REF at 73 should be 'A'"),
        (
            "sample-variants.tsv",
            ("0.071,0.022", "0.071"),
            r"allele_fractions should be one for each",
        ),
        ("sample-variants.tsv", ("0.071,0.022", "0.9,0.2"), r"together at most 1"),
        ("sample-variants.tsv", ("0.998", "most"), r"line 2: allele_fractions should be numbers"),
        ("bundle.toml", ("[sample]", "[samples]"), r"bundle\.toml: .*unknown keys of settings"),
        ("bundle.toml", ("md5 =", "sha1 ="), r"bundle\.toml: .*unknown keys of contig: md5, sha1"),
        ("bundle.toml", ('name = "rcrs"', "name = rcrs"), r"bundle\.toml: Invalid value"),
    ],
)
def test_should_name_the_file_and_line_when_a_fact_is_inconsistent(
    data: Path, tmp_path: Path, file: str, edit: tuple[str, str], message: str
) -> None:
    path = data / file
    assert edit[0] in path.read_text()
    path.write_text(path.read_text().replace(*edit, 1))

    with pytest.raises(InputError, match=message):
        build_rcrs(tmp_path / "rcrs", data)

    assert not (tmp_path / "rcrs").exists()


def test_should_name_the_file_when_it_is_missing(data: Path, tmp_path: Path) -> None:
    (data / "genes.tsv").unlink()

    with pytest.raises(InputError, match=r"genes\.tsv: cannot be read"):
        build_rcrs(tmp_path / "rcrs", data)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reference", *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, cwd=DATA.parents[2]
    )


def test_should_build_when_called_as_a_command(bundle: Path, tmp_path: Path) -> None:
    run = _run("rcrs", "--out", str(tmp_path / "rcrs"))

    made = f"rcrs 1.1.0 is in {tmp_path / 'rcrs'}: 1 contig, 37 transcripts, 5 tracks.\n"
    assert (run.returncode, run.stdout) == (0, made)
    assert _contents(tmp_path / "rcrs") == _contents(bundle)


def test_should_say_why_when_the_command_fails(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()

    run = _run("rcrs", "--out", str(tmp_path))

    assert run.returncode == 1
    assert run.stderr.startswith(f"gas: {tmp_path}: is not empty")


def test_should_explain_itself_when_asked_for_help() -> None:
    run = _run("rcrs", "--help")

    assert run.returncode == 0
    assert "Folder of the bundle" in run.stdout
