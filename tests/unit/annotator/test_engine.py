"""Sites in, annotated sites out: tracks as VCF and as BED, doubles, and sites out of order."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pysam
import pytest

from runtime.annotator.annotations import IndexedAnnotations, OrderedAnnotations
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine import BcftoolsEngine, EngineReport
from runtime.annotator.errors import EngineFailed
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.sites import SitesWriter

Allele = tuple[int, bytes, bytes]
MELAS, NARP, LEIGH = (3243, b"A", b"G"), (8993, b"T", b"G"), (8993, b"T", b"C")


def annotated(
    engine: BcftoolsEngine, bundle: Bundle, folder: Path, alleles: list[Allele]
) -> tuple[EngineReport, bool]:
    """Annotate alleles on MT into `out.vcf`; return the report, and whether they were in order."""
    with SitesWriter(folder / "sites.vcf", bundle.manifest.contigs) as writer:
        for position, ref, alt in alleles:
            writer.add(bundle.contigs[b"MT"], position, ref, alt)
    report = engine.annotate(
        folder / "sites.vcf",
        bundle,
        folder / "out.vcf",
        in_order=writer.sorted,
        limits=Limits(),
        deadline=Deadline(60),
        tick=lambda _share: None,
    )
    return report, writer.sorted


def test_should_add_consequences_and_track_fields(
    engine: BcftoolsEngine, bundle: Bundle, tmp_path: Path
) -> None:
    report, _ = annotated(engine, bundle, tmp_path, [MELAS, NARP])

    with OrderedAnnotations(tmp_path / "out.vcf") as annotations:
        melas = annotations.at("MT", 3243)[MELAS[1:]]
        narp = annotations.at("MT", 8993)[NARP[1:]]
    assert melas[b"BCSQ"].startswith(b"non_coding|MT-TL1")
    assert narp[b"BCSQ"].startswith(b"missense|MT-ATP6")
    assert (melas[b"KNOWN_ID"], narp[b"KNOWN_ID"]) == (b"rs199474657", b"rs199476133")
    assert report.version == "bcftools 1.24"
    assert report.warnings == []


@pytest.mark.parametrize("alleles", [[NARP, MELAS, LEIGH, NARP, MELAS], [NARP, MELAS]])
def test_should_annotate_each_allele_once_when_sites_are_out_of_order(
    engine: BcftoolsEngine, bundle: Bundle, tmp_path: Path, alleles: list[Allele]
) -> None:
    _, in_order = annotated(engine, bundle, tmp_path, alleles)

    rows = [
        line for line in (tmp_path / "out.vcf").read_text().splitlines() if not line.startswith("#")
    ]
    with IndexedAnnotations(tmp_path / "out.vcf") as annotations:
        found = {
            (position, *allele): b"KNOWN_ID" in info
            for position in (8993, 3243, 1, 16_569)
            for allele, info in annotations.at("MT", position).items()
        }
    assert not in_order
    assert len(rows) == len(set(alleles))
    assert found == dict.fromkeys(alleles, True)


def test_should_take_fields_from_a_bed_track(
    engine: BcftoolsEngine, bundle_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(bundle_folder, folder)
    bed = folder / "regions.bed"
    bed.write_text("MT\t0\t576\tx\tcontrol region\nMT\t8000\t9000\ty\tD5\nMT\t8500\t9000\tz\tD6\n")
    track = {
        "name": "regions",
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
    bundle = load(folder)

    annotated(engine, bundle, tmp_path, [(263, b"A", b"G"), NARP])

    with OrderedAnnotations(tmp_path / "out.vcf") as annotations:
        control = annotations.at("MT", 263)[b"A", b"G"]
        narp = annotations.at("MT", 8993)[NARP[1:]]
    assert control[b"REGION"] == b"control region"
    assert narp[b"REGION"] == b"D5,D6"
    assert narp[b"KNOWN_ID"] == b"rs199476133"


def add_track(folder: Path, track: dict[str, Any]) -> None:
    """Add a track to a bundle's manifest, with the checksums of its files."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tracks"].append(track)
    for name in (track["file"], f"{track['file']}.tbi"):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        manifest["checksums"][name] = f"sha256:{digest}"
    path.write_text(json.dumps(manifest))


def test_should_fail_with_the_engine_s_own_words_when_it_refuses(
    engine: BcftoolsEngine, bundle: Bundle, tmp_path: Path
) -> None:
    with pytest.raises(EngineFailed) as failure:
        annotated(engine, bundle, tmp_path, [(8993, b"A", b"G")])

    assert "reference" in failure.value.detail


def test_should_write_a_site_once_when_a_position_has_it_several_times(
    bundle: Bundle, tmp_path: Path
) -> None:
    contig = bundle.contigs[b"MT"]
    with SitesWriter(tmp_path / "sites.vcf", [contig]) as writer:
        for ref, alt in ((b"T", b"G"), (b"t", b"g"), (b"T", b"C"), (b"T", b"G")):
            writer.add(contig, 8993, ref, alt)

    assert (tmp_path / "sites.vcf").read_text() == (
        "##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "MT\t8993\t.\tT\tG\t.\t.\t.\nMT\t8993\t.\tT\tC\t.\t.\t.\n"
    )
    assert (writer.count, writer.sorted) == (2, True)


@pytest.mark.parametrize(
    ("places", "in_order"),
    [
        ("a1 a2 a2 b1", True),
        ("b5 a1", True),
        ("a2 a1", False),
        ("a1 b1 a2", False),
    ],
)
def test_should_know_whether_sites_are_in_order(
    bundle: Bundle, tmp_path: Path, places: str, in_order: bool
) -> None:
    template = bundle.manifest.contigs[0]
    contigs = {name: template.model_copy(update={"name": name}) for name in "ab"}
    with SitesWriter(tmp_path / "sites.vcf", contigs.values()) as writer:
        for place in places.split():
            writer.add(contigs[place[0]], int(place[1:]), b"A", b"C")

    assert writer.sorted == in_order
