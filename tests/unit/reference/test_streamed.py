"""Tracks that are reduced while they come, as gnomAD's: from its layout to a track."""

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pysam
import pytest

from reference.build import Built
from reference.errors import InputError
from reference.progress import SILENT
from reference.recipes.build import Request, build_recipe
from reference.recipes.recipe import load_recipe
from runtime.vcf.bgzf import BGZF_EOF, BLOCK_BYTES, compressed_block
from tests.genome.models import LENGTHS, genome
from tests.unit.reference.invented_releases import PUB, RECIPE, invented_mirror
from tests.unit.reference.releases import Mirror

PATHS = {name: f"{PUB}/vcf/sites.chr{name}.vcf.bgz".partition("//")[2] for name in ("1", "2")}
OPTIONAL = f"""
[[tracks]]
name = "gnomad"
url = "{PUB}/vcf/sites.chr{{contig}}.vcf.bgz"
contigs = ["1", "2"]
origin = "gnomAD 4.1"
licence = "open"
version = "4.1"
only_pass = true
optional = true
streamed = true
fields = ["INFO/AC", "INFO/AN", "INFO/AF", "INFO/nhomalt"]
"""
HEADER = """\
##fileformat=VCFv4.2
##hailversion=0.2.122
##INFO=<ID=AC,Number=A,Type=Integer,Description="Alternate allele count">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Total number of alleles">
##INFO=<ID=AF,Number=A,Type=Float,Description="Alternate allele frequency">
##INFO=<ID=nhomalt,Number=A,Type=Integer,Description="Count of homozygous individuals">
##INFO=<ID=AC_XX,Number=A,Type=Integer,Description="Alternate allele count for XX samples">
##INFO=<ID=vep,Number=.,Type=String,Description="Consequence annotations">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""
RECORDS = 400


def _records(contig: str) -> Iterator[tuple[int, str]]:
    """Every 20th base: position and line. INFO is long, a name like a field's comes first."""
    drawn = random.Random(contig)
    for at in range(20, min(LENGTHS[contig], 20 * RECORDS), 20):
        ref = genome().base(contig, at)
        alt = "ACGT".replace(ref, "")[0]
        verdict = "AC0" if at % 100 == 0 else "PASS"
        vep = "".join(drawn.choices("ACGT|&", k=2_000))
        info = f"AC_XX=7;AC={at};AN=152312;AF={at / 152312:.5e};vep={vep};nhomalt={at % 7}"
        yield at, f"chr{contig}\t{at}\trs{at}\t{ref}\t{alt}\t9.5\t{verdict}\t{info}\n"


def _bgzf(text: str) -> bytes:
    data = text.encode()
    parts = (data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES))
    return b"".join(map(compressed_block, parts)) + BGZF_EOF


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with invented_mirror() as made:
        for name, path in PATHS.items():
            made.files[path] = _bgzf(HEADER + "".join(line for _, line in _records(name)))
        yield made


def _build(
    mirror: Mirror, folder: Path, *optional: str, only_plan: bool = False
) -> tuple[Built | None, list[str]]:
    path = folder / "invented.toml"
    tracks, contigs = RECIPE.split("[contigs]")
    path.write_text(f"{tracks}{OPTIONAL}[contigs]{contigs}")
    recipe, _ = load_recipe(str(path))
    lines: list[str] = []
    request = Request(
        recipe.with_optional(optional),
        folder,
        folder / "out",
        folder / "downloads",
        mirror.url,
        lambda options: options,
    )
    return build_recipe(request, SILENT, lines.append, only_plan=only_plan), lines


def test_should_keep_four_fields_of_each_record_when_a_stream_is_cut_off(
    tmp_path: Path, mirror: Mirror
) -> None:
    mirror.cut_off.add(PATHS["1"])
    mirror.md5s[PATHS["1"]] = hashlib.md5(mirror.files[PATHS["1"]]).digest()

    built, lines = _build(mirror, tmp_path, "gnomad")

    assert built
    half = len(mirror.files[PATHS["1"]]) // 2
    assert mirror.fetched(PATHS["1"]) == [None, f"bytes={half}-"]
    with pysam.VariantFile(str(tmp_path / "out/gnomad.vcf.gz")) as file:
        assert list(file.header.info) == ["AC", "AN", "AF", "nhomalt"]
        found = {(r.contig, r.pos): dict(r.info) for r in file}
    kept = [(name, at) for name in PATHS for at, _ in _records(name) if at % 100]
    assert list(found) == kept
    assert all(
        (each["AC"], each["AN"], each["nhomalt"]) == ((at,), 152_312, (at % 7,))
        and each["AF"] == pytest.approx((at / 152_312,), rel=1e-5)
        for (_, at), each in found.items()
    )
    assert built.manifest.version == "7.20260921-gnomad"
    reason = "alleles of track gnomad that their publisher filtered out"
    assert built.manifest.left_out[reason] == sum(
        at % 100 == 0 for name in PATHS for at, _ in _records(name)
    )
    # The publisher's files are nowhere on the disk.
    whole = sum(len(mirror.files[path]) for path in PATHS.values())
    sites = [path for path in tmp_path.rglob("sites.chr*") if path.suffix == ".gz"]
    assert 0 < sum(path.stat().st_size for path in sites) < whole / 10
    assert "  No checksum is published for sites.chr2.vcf.bgz." in lines
    assert any("reduced to" in line for line in lines)


def test_should_fetch_one_contig_alone_when_the_others_are_there(
    tmp_path: Path, mirror: Mirror
) -> None:
    _build(mirror, tmp_path, "gnomad")
    mirror.requests.clear()
    mirror.files[PATHS["2"]] += BGZF_EOF

    _build(mirror, tmp_path, "gnomad")

    assert (mirror.fetched(PATHS["1"]), mirror.fetched(PATHS["2"])) == ([], [None])


def test_should_say_what_is_optional_and_leave_it_when_it_is_not_asked_for(
    tmp_path: Path, mirror: Mirror
) -> None:
    built, lines = _build(mirror, tmp_path)

    assert "  Not taken: gnomad, gnomAD 4.1; --with gnomad takes it." in lines
    assert built
    assert [track.name for track in built.manifest.tracks] == ["clinvar", "frequencies"]
    with pytest.raises(InputError, match="--with other: is no optional track of invented: it has"):
        _build(mirror, tmp_path, "other")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda content: content[: len(content) - 1_000], "ends within a block"),
        (lambda content: content[:5_000] + b"\0" + content[5_001:], "is damaged, or no gzip"),
        (lambda content: content + BGZF_EOF, "its checksum should be md5:"),
    ],
)
def test_should_keep_nothing_when_what_comes_is_damaged(
    tmp_path: Path, mirror: Mirror, damage: Callable[[bytes], bytes], said: str
) -> None:
    path = PATHS["2"]
    mirror.md5s[path] = hashlib.md5(mirror.files[path]).digest()
    mirror.files[path] = damage(mirror.files[path])

    with pytest.raises(InputError, match=said):
        _build(mirror, tmp_path, "gnomad")

    assert not list(tmp_path.rglob("sites.chr2*"))


@pytest.mark.parametrize("name", ["grch38", "grch37"])
def test_should_offer_gnomad_reduced_to_four_fields_when_a_human_recipe_is_shipped(
    name: str,
) -> None:
    recipe, _ = load_recipe(name)

    assert [track.name for track in recipe.left] == ["gnomad_exomes", "gnomad_genomes"]
    for track in recipe.left:
        assert track.reduced_to == ("INFO/AC", "INFO/AN", "INFO/AF", "INFO/nhomalt")
        assert track.urls[0].startswith("https://")
