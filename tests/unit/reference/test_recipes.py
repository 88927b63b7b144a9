"""Recipes: from a mirror of official releases to a bundle."""

import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.errors import InputError
from reference.progress import SILENT
from reference.recipes.build import Request, build_recipe
from reference.recipes.recipe import load_recipe, shipped
from runtime.vcf.assemblies import known_assemblies, the_one_named
from tests.genome.bundle import known_vcf
from tests.unit.reference.ensembl_caches import write_ensembl_cache
from tests.unit.reference.invented_releases import CLINVAR, GENES, PUB, RECIPE, invented_mirror
from tests.unit.reference.releases import Mirror, zipped

ROOT = Path(__file__).parents[3]


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    """The invented genome as its publishers would lay it out, on this machine."""
    with invented_mirror() as made:
        yield made


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """The recipe of that genome as a file."""
    path = tmp_path / "invented.toml"
    path.write_text(RECIPE)
    return path


def _build(recipe: Path, base: Path | str, out: Path, *, only_plan: bool = False) -> list[str]:
    """Build in this process; return the lines of the plan."""
    model, folder = load_recipe(str(recipe))
    lines: list[str] = []
    downloads = recipe.parent / "downloads"
    request = Request(model, folder, out, downloads, str(base), lambda options: options)
    build_recipe(request, SILENT, lines.append, only_plan=only_plan)
    return lines


def _command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reference", "build", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_should_say_what_it_takes_and_build_when_a_download_is_cut_off(
    tmp_path: Path, mirror: Mirror, recipe: Path
) -> None:
    mirror.cut_off.add(GENES)
    out, own = tmp_path / "out", tmp_path / "own.vcf"
    own.write_text(known_vcf())

    run = _command(
        *(recipe, "--from", mirror.url, "--out", out),
        *("--track", f"cadd={own}:INFO/AF=cadd", "--alias", "2=two"),
    )

    assert run.returncode == 0, run.stderr
    said = run.stdout.splitlines()
    assert said[:7] == [
        "invented: An invented genome",
        "  Sequences: Example 7 (none needed)",
        "  Genes: Example 7 (none needed)",
        "  Assembly report: Example (none needed)",
        "  Track clinvar: ClinVar (public domain)",
        "  Track frequencies: Frequencies (open)",
        "  No checksum is published for sites.vcf.gz.",
    ]
    assert [line.partition(":")[0] for line in said[7:11]] == ["Download", "Disk", "Memory", "Time"]
    assert f"in 8 files; 0 are there. They are kept in {out}.downloads." in said[7]
    assert said[11:] == [
        f"invented 7.20260921 is in {out}: 4 contigs, 27 transcripts, 3 tracks.",
        (
            "Check: chrM has 5,000 bases, and 16 in Invented1_assembly_report.txt: it's another "
            "sequence, and takes no names from there"
        ),
    ]
    half = len(mirror.files[GENES]) // 2
    assert mirror.fetched(GENES) == [None, f"bytes={half}-"]

    manifest = json.loads((out / "manifest.json").read_text())
    one, two, mitochondrial, _ = manifest["contigs"]
    assert one["aliases"] == ["NC_999001.1", "chrOne", "chr1"]
    assert one["accession"] == "NC_999001.1"
    assert two["aliases"] == ["two", "chr2"]
    assert mitochondrial["circular"] is True
    assert [(each["what"], each["retrieved"], each["licence"]) for each in manifest["sources"]] == [
        ("Sequences", "2026-09-21", "none needed"),
        ("Genes", "2026-09-21", "none needed"),
        ("Assembly report", "2026-09-21", "none needed"),
        ("Track clinvar", "2026-09-21", "public domain"),
        ("Track frequencies", "2026-09-21", "open"),
    ]
    assert [track["name"] for track in manifest["tracks"]] == ["clinvar", "frequencies", "cadd"]
    assert manifest["sample"] == "sample.vcf"


def test_should_fetch_nothing_again_when_it_is_there_and_checked(
    tmp_path: Path, mirror: Mirror, recipe: Path
) -> None:
    _build(recipe, mirror.url, tmp_path / "out")
    first = _files(tmp_path / "out")
    mirror.requests.clear()

    lines = _build(recipe, mirror.url, tmp_path / "out")

    fetched = [path for method, path, _ in mirror.requests if method == "GET"]
    assert sorted(path.rpartition("/")[2] for path in fetched) == [
        "CHECKSUMS",
        "CHECKSUMS",
        "clinvar.vcf.gz.md5",
        "md5checksums.txt",
    ]
    assert "Download: 0 B in 0 files; 8 are there." in lines[7]
    assert _files(tmp_path / "out") == first


def test_should_fetch_a_file_again_when_its_publisher_has_replaced_it(
    tmp_path: Path, mirror: Mirror, recipe: Path
) -> None:
    _build(recipe, mirror.url, tmp_path / "out")
    newer = zipped(known_vcf().replace("rs1", "rs11"))
    mirror.publish(f"{PUB}/", "clinvar.vcf.gz.md5", {"vcf/clinvar.vcf.gz": newer})
    mirror.requests.clear()

    _build(recipe, mirror.url, tmp_path / "out")

    assert (len(mirror.fetched(CLINVAR)), len(mirror.fetched(GENES))) == (1, 0)
    with gzip.open(tmp_path / "out/clinvar.vcf.gz", "rt") as file:
        assert "rs11" in file.read()


def test_should_read_a_folder_as_it_does_a_mirror_when_it_is_laid_out_so(
    tmp_path: Path, mirror: Mirror, recipe: Path
) -> None:
    mirror.write(tmp_path / "copied")
    for path in (tmp_path / "copied").rglob("*.*"):
        os.utime(path, (1_790_000_000, 1_790_000_000))
    before = _files(tmp_path / "copied")

    _build(recipe, mirror.url, tmp_path / "one")
    _build(recipe, tmp_path / "copied", tmp_path / "two")

    assert _files(tmp_path / "one") == _files(tmp_path / "two")
    assert _files(tmp_path / "copied") == before
    damaged = tmp_path / "copied" / CLINVAR
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match=r"clinvar\.vcf\.gz: is damaged: its checksum should be"):
        _build(recipe, tmp_path / "copied", tmp_path / "two")


def test_should_take_the_known_variants_of_a_vep_cache_when_the_recipe_names_one(
    tmp_path: Path, mirror: Mirror, recipe: Path
) -> None:
    write_ensembl_cache(tmp_path / "homo_sapiens/116_GRCh38")
    with tarfile.open(tmp_path / "cache.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "homo_sapiens", "homo_sapiens")
    archive = (tmp_path / "cache.tar.gz").read_bytes()
    mirror.publish(f"{PUB}/", "CHECKSUMS", {"variation/cache.tar.gz": archive})
    source = f'url = "{PUB}/variation/cache.tar.gz"\nchecksums = "CHECKSUMS"'
    more = f'[vep_cache]\n{source}\norigin = "Example 7"\nlicence = "none needed"\n'
    recipe.write_text(RECIPE + more)

    _build(recipe, mirror.url, tmp_path / "out")

    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert [track["name"] for track in manifest["tracks"]] == [
        *("clinvar", "frequencies", "vep_cache"),
    ]
    assert manifest["sources"][-1]["what"] == "VEP cache"


def test_should_only_ask_when_the_plan_is_wanted(
    tmp_path: Path, mirror: Mirror, recipe: Path
) -> None:
    run = _command(recipe, "--from", mirror.url, "--out", tmp_path / "out", "--plan")

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1].startswith("Time: ")
    assert mirror.fetched(GENES) == []
    assert not (tmp_path / "out").exists()


def test_should_stop_before_it_begins_when_the_disk_is_too_small(
    tmp_path: Path, mirror: Mirror, recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage._replace(free=1000))

    with pytest.raises(InputError, match=r"has 1 kB free, and this needs"):
        _build(recipe, mirror.url, tmp_path / "out")

    assert mirror.fetched(GENES) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("version =", "versoin ="), "version: Field required; .*; versoin: Extra inputs"),
        (("[genes]", "[genes"), "is no TOML"),
        (('"ID", ', '"AF", '), r"tracks\.0\.fields\.0: String should match"),
        (("contigs = [", "contgs = ["), "contgs: Extra inputs"),
        (("{contig}", "1"), "url needs {contig} where contigs are listed"),
        (("https://ftp.example.org/pub/release-7/gff3", "ftp://x"), "recipes need http or https"),
        (("Invented.7.gff3.gz", "Invented.8.gff3.gz"), "lists no checksum of Invented.8.gff3.gz"),
        (("vcf/sites.vcf.gz", "vcf/../../../../x"), r"\.\./x: has \.\. in it"),
        (("vcf/sites.vcf.gz", "vcf/%2e%2e/x"), r"%2e%2e/x: has \.\. in it"),
        (("vcf/sites.vcf.gz", "vcf/none.vcf.gz"), r"none\.vcf\.gz: the server answers 404"),
        (('"CHECKSUMS"', '"SUMS"'), r"SUMS: the server answers 404"),
    ],
)
def test_should_say_what_is_wrong_when_a_recipe_is(
    tmp_path: Path, mirror: Mirror, recipe: Path, change: tuple[str, str], fault: str
) -> None:
    recipe.write_text(RECIPE.replace(*change))

    with pytest.raises(InputError, match=fault):
        _build(recipe, mirror.url, tmp_path / "out")


def test_should_refuse_options_when_they_contradict_the_recipe(tmp_path: Path) -> None:
    fasta = _command("grch38", "--fasta", "x.fa", "--out", tmp_path / "out")
    plan = _command("--plan", "--out", tmp_path / "out")
    unknown = _command("grch36", "--out", tmp_path / "out")

    assert "--fasta: is what the recipe says: copy the recipe" in fasta.stderr
    assert "--from, --downloads, --with and --plan: need a recipe" in plan.stderr
    assert (
        "grch36: is neither a recipe of GAS (grch37, grch38, grcm39) nor a file" in unknown.stderr
    )


def test_should_say_how_to_go_on_when_it_is_interrupted(tmp_path: Path, recipe: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "reference", "build", str(recipe), "--from", url]
        run = subprocess.Popen(
            [*command, "--out", str(tmp_path / "out")], stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        with silent.accept()[0]:
            run.send_signal(signal.SIGINT)
            _, said = run.communicate(timeout=60)

    assert run.returncode == 130
    assert "gas: Stopped. What was downloaded or uploaded is kept" in said


@pytest.mark.parametrize("name", shipped())
def test_should_name_releases_and_licences_when_a_recipe_is_shipped(name: str) -> None:
    model, _ = load_recipe(name)

    assert model.name == name
    assert model.assembly.partition(".")[0].lower() == name
    # Files that say so are known to be of it.
    assert the_one_named(model.assembly, known_assemblies())
    for what, source in model.sources.items():
        assert source.url.startswith("https://"), what
        assert "https://" in source.licence, what
    assert model.assembly_report
    assert model.contigs.circular == ["MT"]
    # Scores that may not be used by companies are the operator's own business.
    assert not {"cadd", "spliceai", "dbnsfp"} & {track.name for track in model.tracks}
