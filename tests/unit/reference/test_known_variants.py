"""Known variants of a VEP cache become a track, with the values that vepyr itself reports."""

import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pysam
import pytest
import vepyr

from reference.build import Built, build
from reference.errors import InputError
from reference.progress import SILENT
from reference.recipes.ensembl_cache import converted_cache
from tests.genome.bundle import write_sources
from tests.unit.reference.ensembl_caches import write_ensembl_cache

Row = tuple[int | str | float | None, ...]
_FREQUENCIES = ("AF", "gnomADe_AF", "gnomADg_AF")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ensembl's cache, converted by vepyr from the archive."""
    folder = tmp_path_factory.mktemp("cache")
    write_ensembl_cache(folder / "homo_sapiens/116_GRCh38")
    with tarfile.open(folder / "vep.tar.gz", "w:gz") as tar:
        tar.add(folder / "homo_sapiens", "homo_sapiens")
    return converted_cache(folder / "vep.tar.gz", folder / "kept", SILENT)


@pytest.fixture(scope="module")
def built(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """The invented genome with that cache."""
    folder = tmp_path_factory.mktemp("bundle")
    options = replace(write_sources(folder), tracks=(), vep_cache=cache)
    return folder / "out", build(options, folder / "out", SILENT)


def _rows(bundle: Path) -> list[Row]:
    with pysam.VariantFile(str(bundle / "vep_cache.vcf.gz")) as file:
        return [
            (r.pos, str(r.ref), str((r.alts or ("",))[0]), r.id, *_frequencies(r)) for r in file
        ]


def _frequencies(record: pysam.VariantRecord) -> tuple[float | None, ...]:
    found = (record.info.get(name) for name in _FREQUENCIES)
    return tuple(round(float(values[0]), 5) if values else None for values in found)


def _reported(bundle: Path, cache: Path, rows: list[Row], folder: Path) -> list[Row]:
    """What vepyr reports of the same alleles, with the cache as its list of known variants."""
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    lines = ["##fileformat=VCFv4.2", "##contig=<ID=1>", columns]
    lines += [f"1\t{at}\t.\t{ref}\t{alt}\t.\t.\t." for at, ref, alt, *_ in rows]
    (folder / "in.vcf").write_text("\n".join([*lines, ""]))
    both = folder / "both"
    shutil.copytree(bundle / "vep", both)
    shutil.rmtree(both / "variation")
    shutil.copytree(cache / "variation", both / "variation")
    frame = vepyr.annotate(
        str(folder / "in.vcf"),
        str(both),
        reference_fasta=str(bundle / "genome.fa"),
        show_progress=False,
    )
    assert isinstance(frame, pl.LazyFrame)
    found = frame.select(
        pl.col("Existing_variation").list.join("&"),
        *(pl.col(x).cast(pl.Float64).round(5) for x in _FREQUENCIES),
    ).collect()
    return [(*row[:3], *values) for row, values in zip(rows, found.iter_rows(), strict=True)]


def test_should_have_ids_and_frequencies_as_vepyr_reports_them_when_a_cache_is_named(
    built: tuple[Path, Built], cache: Path, tmp_path: Path
) -> None:
    bundle, made = built
    rows = _rows(bundle)

    assert [row[3:] for row in rows] == [
        ("rs77", 0.2, 0.21, None),
        ("rs77", 0.01, None, 0.0125),
        ("rs78", None, None, 0.5),
        ("rs79", None, None, 0.125),
        ("rs80", None, None, None),
    ]
    assert [(row[0], len(str(row[1])), len(str(row[2]))) for row in rows[2:]] == [
        *((709, 1, 3), (719, 4, 1), (730, 1, 1)),
    ]
    assert rows == _reported(bundle, cache, rows, tmp_path)
    (track,) = made.manifest.tracks
    assert (track.name, track.version) == ("vep_cache", "116")
    assert [field.target for field in track.fields] == [
        *("known_id", "known_af", "known_gnomade_af", "known_gnomadg_af"),
    ]
    assert made.manifest.left_out == {
        "known variants of the VEP cache that VEP doesn't report, or without bases": 2
    }


def test_should_take_a_cache_as_it_is_when_vepyr_has_made_it(cache: Path, tmp_path: Path) -> None:
    assert converted_cache(cache, tmp_path, SILENT) == cache
    assert list(tmp_path.iterdir()) == []


def test_should_convert_a_cache_once_when_builds_share_their_downloads(tmp_path: Path) -> None:
    given = write_ensembl_cache(tmp_path / "116_GRCh38")

    first = converted_cache(given, tmp_path, SILENT)
    (given / "info.txt").unlink()

    assert converted_cache(given, tmp_path, SILENT) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["116_GRCh38", "116_GRCh38.vepyr"]


def test_should_say_so_when_there_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "cut.tar.gz").write_bytes(b"no archive")
    (tmp_path / "empty").mkdir()

    write_ensembl_cache(tmp_path / "mine")
    for name, fault in (
        ("mine", "mine: should have its folder's name in the archive, such as 116_GRCh38"),
        ("empty", "empty: is no VEP cache: neither info.txt nor variation/"),
        ("cut.tar.gz", r"cut\.tar\.gz: can't be unpacked"),
    ):
        with pytest.raises(InputError, match=fault):
            converted_cache(tmp_path / name, tmp_path, SILENT)
    options = replace(write_sources(tmp_path), tracks=(), vep_cache=tmp_path / "empty")
    with pytest.raises(InputError, match="make one by `vepyr build-cache`"):
        build(options, tmp_path / "out", SILENT)


def test_should_refuse_two_columns_of_one_name_when_a_track_has_those_of_the_cache(
    cache: Path, tmp_path: Path
) -> None:
    options = replace(write_sources(tmp_path), vep_cache=cache)

    with pytest.raises(InputError, match=r"tracks \(known_af, known_id\): have columns"):
        build(options, tmp_path / "out", SILENT)
