"""A bundle is complete and right, or its fault is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime.annotator.bundle import Bundle, load
from runtime.annotator.errors import BundleError
from runtime.vcf.fasta import Fasta

CACHE = {"folder": "fasta", "release": 116, "engine_version": "0.10.0"}

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(bundle_folder: Path, tmp_path: Path) -> Path:
    """A copy of the bundle, to spoil."""
    return Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))


def test_should_know_a_contig_by_its_name_and_aliases(bundle: Bundle) -> None:
    assert set(bundle.contigs) == {b"MT", b"chrM", b"M", b"NC_012920.1", b"chrMT"}
    assert {contig.name for contig in bundle.contigs.values()} == {"MT"}


def test_should_find_its_files_from_anywhere_when_the_folder_is_given_relative(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)

    assert load(Path(folder.name)).fasta_path.is_absolute()


def test_should_put_the_track_s_name_before_a_field_that_is_called_as_a_column(
    bundle: Bundle,
) -> None:
    names = {field.column: field.tag for field in bundle.fields}

    assert names["known_id"] == "KNOWN_ID"
    assert names["clinical_significance"] == "CLINICAL_SIGNIFICANCE"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda m: m.pop("assembly"), "assembly: Field required"),
        (lambda m: m.update(format=1), "format: Input should be 2"),
        (lambda m: m.update(unknown=1), "unknown: Extra inputs"),
        (lambda m: m.update(fasta="../x.fa"), "fasta: String should match"),
        (lambda m: m.update(fasta="a/../x.fa"), "fasta: String should match"),
        (lambda m: m.update(fasta="/x.fa"), "fasta: String should match"),
        (lambda m: m.update(transcripts="a/t.parquet"), "no checksum for a/t.parquet"),
        (lambda m: m.update(csq_genes="other.gff3.gz"), "no checksum for other.gff3.gz"),
        (lambda m: m.update(vep_cache=CACHE), "vep_cache should be null, no contig has"),
        (lambda m: m["contigs"][0].update(genetic_code=1), "vep_cache should be there, a contig"),
        (lambda m: m.update(genes="other.gff3.gz"), "no checksum for other.gff3.gz"),
        (lambda m: m["contigs"][0].update(length="16569"), "contigs.0.length: Input should be"),
        (
            lambda m: m["contigs"][0].update(length=99),
            "has 16569 bases of MT, the manifest says 99",
        ),
        (lambda m: m["contigs"][0].update(name="X"), "has no bases of X"),
        (lambda m: m["contigs"][0].update(aliases=["MT"]), "uses these names twice: MT"),
        (lambda m: m["tracks"][0].update(file="t.vcf.gz"), "no checksum for t.vcf.gz"),
        (lambda m: m["tracks"][0]["fields"][0].update(source="x;y"), "source: String should match"),
        (lambda m: m["tracks"][0]["fields"][0].update(description='"'), "description: String"),
        (lambda m: m["tracks"].append(m["tracks"][0]), "uses these names twice: known_id"),
    ],
)
def test_should_name_the_fault_when_the_manifest_is_wrong(
    folder: Path, change: Change, fault: str
) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))

    with pytest.raises(BundleError) as error:
        load(folder)

    assert fault in str(error.value)


@pytest.mark.parametrize("name", ["genome.fa", "genome.fa.fai", "genes.gff3.gz", "sample.vcf"])
def test_should_name_the_file_when_it_is_missing_or_changed(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(BundleError, match=f"{name} is not the file that the manifest describes"):
        load(folder)

    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: No such file"):
        load(folder)


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_should_say_so_when_there_is_no_manifest(folder: Path, content: str | None) -> None:
    path = folder / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_text(content)

    with pytest.raises(BundleError, match=r"manifest\.json"):
        load(folder)


def test_should_find_bases_without_chr_when_the_fasta_is_linked_for_vepyr(
    bundle: Bundle, tmp_path: Path
) -> None:
    source = tmp_path / "bundle"
    source.mkdir()
    (source / "x.fa").write_text(">chr9\nACGT\n>chrUn_1\nTTTT\n>Chr2\nGG\n")
    (source / "x.fa.fai").write_text("chr9\t4\t6\t4\t5\nchrUn_1\t4\t20\t4\t5\nChr2\t2\t31\t2\t3\n")
    manifest = bundle.manifest.model_copy(update={"fasta": "x.fa"})

    fasta = Fasta(Bundle(source, manifest).link_vep_fasta(tmp_path))

    assert [*fasta.lengths] == ["9", "Un_1", "Chr2"]
    assert fasta.bases("9", 2, 2) == b"CG"
    assert fasta.bases("Un_1", 1, 4) == b"TTTT"


@pytest.mark.parametrize("width", [3, 4, 100])
def test_should_read_the_bases_of_any_stretch_when_lines_are_of_any_width(
    tmp_path: Path, width: int
) -> None:
    bases = "ACGTNACGTAacgtn"
    path = tmp_path / "x.fa"
    lines = [bases[i : i + width] for i in range(0, len(bases), width)]
    path.write_text(">other\nTT\n>x\n" + "\n".join(lines) + "\n")
    line_bases = min(width, len(bases))
    (tmp_path / "x.fa.fai").write_text(
        f"other\t2\t7\t2\t3\nx\t{len(bases)}\t13\t{line_bases}\t{line_bases + 1}\n"
    )
    fasta = Fasta(path)

    for start in range(len(bases) + 3):
        for count in range(len(bases) + 3):
            expected = bases[start - 1 : start - 1 + count].upper() if start else ""
            assert fasta.bases("x", start, count) == expected.encode()
