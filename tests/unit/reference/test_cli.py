"""`python -m reference build`, from files to a bundle."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.genome.bundle import write_sources

ROOT = Path(__file__).parents[3]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Wide enough that a help text's words stay together.
    environment = {**os.environ, "COLUMNS": "200"}
    command = [sys.executable, "-m", "reference", *arguments]
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=environment,
    )


def test_should_build_what_the_options_say_when_called_as_a_command(tmp_path: Path) -> None:
    made = write_sources(tmp_path)
    extra = made.genes.read_text() + "9\tx\tgene\t1\t90\t.\t+\t.\tID=gene:X\n"
    made.genes.write_text(extra)

    run = _run(
        *("build", "--name", "made", "--assembly", "Made1.p2", "--bundle-version", "3.1"),
        *("--fasta", str(made.fasta[0]), "--genes", str(made.genes), "--sample", str(made.sample)),
        *("--track", f"known={made.tracks[0].files[0]}:ID,INFO/AF"),
        *("--alias", "1=one,uno", "--circular", "chrM", "--genetic-code", "chrM=5"),
        *("--accession", "2=NC_9.1", "--description", "Made up", "--out", str(tmp_path / "bundle")),
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [
        f"made 3.1 is in {tmp_path / 'bundle'}: 4 contigs, 27 transcripts, 1 track.",
        "Left out: 1 rows of the GFF3 on contigs that the FASTA lacks.",
    ]
    manifest = json.loads((tmp_path / "bundle/manifest.json").read_text())
    one, two, mitochondrial, _ = manifest["contigs"]
    assert (manifest["assembly"], manifest["description"]) == ("Made1.p2", "Made up")
    assert one["aliases"] == ["one", "uno", "chr1"]
    assert two["accession"] == "NC_9.1"
    assert (mitochondrial["genetic_code"], mitochondrial["circular"]) == (5, True)
    assert [field["target"] for field in manifest["tracks"][0]["fields"]] == ["id", "known_af"]


def test_should_say_what_is_wrong_when_an_option_is(tmp_path: Path) -> None:
    made = write_sources(tmp_path)

    run = _run(
        *("build", "--name", "made", "--assembly", "Made1"),
        *("--fasta", str(made.fasta[0]), "--genes", str(made.genes)),
        *("--genetic-code", "MT=2", "--out", str(tmp_path / "bundle")),
    )

    assert run.returncode == 1
    # Lines about progress may stand before it.
    assert run.stderr.splitlines()[-1] == (
        f"gas: --genetic-code MT: {made.fasta[0]} has no sequence of this name"
    )
    assert not (tmp_path / "bundle").exists()


def test_should_explain_every_option_when_asked_for_help() -> None:
    run = _run("build", "--help")

    assert run.returncode == 0
    for text in ("GFF3 of Ensembl, GENCODE, RefSeq", "NCBI's number of a contig's genetic code"):
        assert text in run.stdout
