"""What tracks say of alleles: tracks as VCF and as BED, and alleles in any spelling."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pysam

from runtime.annotator.batches import SITES
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine import Run
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.tracks import track_fields

Allele = tuple[int, str, str]
UNNUMBERED = (3243, "A", "T")
"""Known to be pathogenic, and without an id."""

MELAS, NARP, LEIGH = (3243, "A", "G"), (8993, "T", "G"), (8993, "T", "C")


def fields_of(
    engines: EnginePool, bundle: Bundle, folder: Path, alleles: list[Allele]
) -> dict[int, dict[str, str]]:
    """What the tracks say of alleles on MT, by their place in the list."""
    rows = [(site, 0, *allele) for site, allele in enumerate(alleles)]
    sites = pl.DataFrame(rows, schema=SITES, orient="row")
    with ThreadPoolExecutor() as threads:
        run = Run(engines, folder, threads, Limits(), Deadline(60), lambda: None)
        found = track_fields(sites, bundle, run)
    return {row.pop("site"): row for row in found.to_dicts()}


def test_should_tell_the_fields_of_a_known_allele_and_nothing_of_others(
    engines: EnginePool, bundle: Bundle, tmp_path: Path
) -> None:
    found = fields_of(engines, bundle, tmp_path, [MELAS, UNNUMBERED, NARP, (8993, "T", "A")])

    assert {site: fields["KNOWN_ID"] for site, fields in found.items()} == {
        0: "rs199474657",
        1: None,
        2: "rs199476133",
    }


def test_should_find_an_allele_when_ref_and_alt_end_with_the_same_bases(
    engines: EnginePool, bundle: Bundle, tmp_path: Path
) -> None:
    found = fields_of(engines, bundle, tmp_path, [NARP, (8993, "TG", "GG"), LEIGH])

    assert found[0]["KNOWN_ID"] == found[1]["KNOWN_ID"] == "rs199476133"
    assert set(found) == {0, 1, 2}


def test_should_take_fields_from_a_bed_track(
    engines: EnginePool, bundle_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(bundle_folder, folder)
    bed = folder / "regions.bed"
    bed.write_text("MT\t0\t576\tx\tcontrol region\nMT\t8000\t9000\ty\tD5\nMT\t8500\t9000\tz\tD6\n")
    track = {
        "name": "regions",
        "version": None,
        "date": None,
        "file": "regions.bed.gz",
        "format": "bed",
        "fields": [
            {
                "source": "5",
                "target": "region",
                "description": "A region",
                "number": ".",
                "type": "String",
            }
        ],
    }
    pysam.tabix_compress(str(bed), f"{bed}.gz")
    pysam.tabix_index(f"{bed}.gz", preset="bed")
    add_track(folder, track)

    found = fields_of(engines, load(folder), tmp_path, [(263, "A", "G"), NARP])

    assert found[0]["REGION"] == "control region"
    assert found[1]["REGION"] == "D5,D6"
    assert found[1]["KNOWN_ID"] == "rs199476133"


def add_track(folder: Path, track: dict[str, Any]) -> None:
    """Add a track to a bundle's manifest, with the checksums of its files."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tracks"].append(track)
    for name in (track["file"], f"{track['file']}.tbi"):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        manifest["checksums"][name] = f"sha256:{digest}"
    path.write_text(json.dumps(manifest))
