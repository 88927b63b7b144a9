"""The whole way of an upload: the results that it has, and when it has none."""

import json
import re
from pathlib import Path
from threading import Event
from typing import Any

import polars as pl
import pysam
import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.csq_effects import CsqEffects
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engines import effects_of
from runtime.annotator.errors import EngineFailed
from runtime.annotator.pipeline import annotate_file
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import COLUMNS, MELAS, NARP, ONE, record, vcf


def _sample(bundle: Bundle) -> Path:
    assert bundle.sample_path is not None
    return bundle.sample_path


def test_should_write_all_results_when_a_sample_is_annotated(
    bundle: Bundle, engines: EnginePool, tmp_path: Path
) -> None:
    outcome = annotate_file(_sample(bundle), "my sample.vcf", bundle, tmp_path, process=engines)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "my sample.annot.vcf.gz",
        "my sample.annot.vcf.gz.tbi",
        "my sample.genotypes.parquet",
        "my sample.summary.json",
        "my sample.variants.parquet",
        "my sample.vcf.count.log",
    ]
    assert set(outcome.files) == {path.name for path in tmp_path.iterdir()}
    assert list(outcome.durations) == ["check", "annotate", "index", "report"]


def test_should_name_each_track_s_version_and_date_in_every_text_result(annotate: Annotate) -> None:
    result = annotate(ONE)

    known, mitomap, *_ = result.summary["bundle"]["tracks"]
    assert (known["name"], known["version"], known["date"]) == ("known", "1.1.0", "2026-11-22")
    assert (mitomap["publisher"], mitomap["date"], mitomap["records"]) == (
        *("MITOMAP", "2025-02-13", 1036),
    )
    assert mitomap["licence"].startswith("CC BY 3.0")
    header = b"\n".join(result.header).decode()
    assert json.dumps({"name": "mitomap", "version": None, "date": "2025-02-13"}) in header
    assert re.search(r"##INFO=<ID=KNOWN_ID,.*Source=\"dbSNP\",Version=\"1\.1\.0\">", header)
    assert re.search(
        r"##INFO=<ID=MITOMAP_STATUS,.*Source=\"MITOMAP\",Version=\"2025-02-13\"", header
    )
    assert re.search(r"Track known +1\.1\.0, 2026-11-22", result.log)


def test_should_annotate_a_known_pathogenic_variant_in_every_result(annotate: Annotate) -> None:
    result = annotate(ONE)

    assert result.infos[0]["CSQ"] == (
        "G|missense_variant|MODERATE|MT-ATP6|ENSG00000198899|Transcript|ENST00000361899.2|"
        "protein_coding|1/1||ENST00000361899.2:c.467T>G|ENST00000361899.2:p.Leu156Arg|467|467|156|"
        "L/R|cTg/cGg|1|1||1|SNV|HGNC|HGNC:7414||||||||NC_012920.1:m.8993T>G"
    )
    assert result.infos[0]["KNOWN_ID"] == "rs199476133"
    (row,) = result.rows
    wanted = {
        "record": 1,
        "contig": "MT",
        "position": 8993,
        "ref": "T",
        "alt": "G",
        "VARIANT_CLASS": "SNV",
        "SYMBOL": "MT-ATP6",
        "Feature": "ENST00000361899.2",
        "Consequence": "missense_variant",
        "IMPACT": "MODERATE",
        "STRAND": 1,
        "HGVSg": "NC_012920.1:m.8993T>G",
        "HGVSc": "ENST00000361899.2:c.467T>G",
        "HGVSp": "ENST00000361899.2:p.Leu156Arg",
        "Protein_position": "156",
        "protein_start": 156,
        "Amino_acids": "L/R",
        "PICK": True,
        "most_severe": True,
        "known_id": "rs199476133",
        "not_annotated": None,
    }
    assert {name: row[name] for name in wanted} == wanted
    assert "athogenic" in row["clinical_significance"]
    assert result.summary["consequences"] == {"missense_variant": 1}
    assert "missense_variant" in result.log


def test_should_keep_the_order_and_write_no_index_when_records_are_not_sorted(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP, MELAS, record(8993, "T", "C"), record(3243, "A", "T"), MELAS))

    assert [(record[1], record[4]) for record in result.records] == [
        (b"8993", b"G"),
        (b"3243", b"G"),
        (b"8993", b"C"),
        (b"3243", b"T"),
        (b"3243", b"G"),
    ]
    assert [effects[0]["SYMBOL"] for effects in result.effects] == [
        "MT-ATP6",
        "MT-TL1",
        "MT-ATP6",
        "MT-TL1",
        "MT-TL1",
    ]
    assert [info.get("KNOWN_ID") is not None for info in result.infos][1::3] == [True, True]
    assert "x.annot.vcf.gz.tbi" not in result.outcome.files
    assert not result.summary["index"]["present"]
    assert "not sorted" in result.log


def test_should_write_an_index_that_finds_a_position_when_records_are_sorted(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(MELAS, NARP))

    with pysam.TabixFile(str(result.folder / result.names.vcf)) as indexed:
        assert [row.split("\t")[1] for row in indexed.fetch("MT", 8992, 8993)] == ["8993"]


def test_should_complete_without_an_index_when_a_position_is_too_large_for_one(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP, record(2**30, "A", "C", chrom="giant")))

    assert len(result.records) == 2
    assert not result.summary["index"]["present"]


def test_should_be_readable_by_bcftools_when_annotated(annotate: Annotate, tmp_path: Path) -> None:
    result = annotate(vcf(MELAS, record(8993, "T", "G,<DEL>"), header=("##source=x",)))

    with pysam.VariantFile(str(result.folder / result.names.vcf)) as opened:
        records = list(opened)
    assert [record.info["CSQ"][0].split("|")[1] for record in records] == [
        "non_coding_transcript_exon_variant",
        "missense_variant",
    ]


def test_should_report_progress_that_never_falls_and_ends_at_100(
    bundle: Bundle, engines: EnginePool, tmp_path: Path
) -> None:
    told: list[int] = []

    annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, process=engines, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 100


def test_should_report_progress_within_a_batch_when_the_engines_take_long(
    bundle: Bundle, engines: EnginePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Event()

    def slow(*arguments: Any) -> pl.DataFrame:
        assert moved.wait(timeout=30), "progress stands still while the engines work"
        return effects_of(*arguments)

    def progress(percent: int) -> None:
        if 20 < percent < 95:
            moved.set()

    monkeypatch.setattr("runtime.annotator.annotation.effects_of", slow)

    annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, process=engines, progress=progress)

    assert moved.is_set()


def test_should_leave_nothing_behind_when_progress_ends_the_job(
    bundle: Bundle, engines: EnginePool, tmp_path: Path
) -> None:
    def stop(percent: int) -> None:
        if percent >= 30:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, process=engines, progress=stop)

    assert list(tmp_path.iterdir()) == []


def test_should_publish_nothing_when_an_engine_loses_an_allele(
    bundle: Bundle, engines: EnginePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = CsqEffects.of_sites

    def forgetful(self: CsqEffects, sites: pl.DataFrame, texts: dict[int, str]) -> pl.DataFrame:
        return whole(self, sites.head(-1), texts)

    monkeypatch.setattr(CsqEffects, "of_sites", forgetful)

    with pytest.raises(EngineFailed, match="answered for"):
        annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, process=engines)

    assert [path.name for path in tmp_path.iterdir()] == ["x.vcf.count.log"]


def test_should_give_the_same_results_when_a_file_is_annotated_twice(annotate: Annotate) -> None:
    first, second = annotate(ONE), annotate(ONE)

    for name in (first.names.vcf, first.names.index, first.names.parquet, first.names.summary):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name
    assert COLUMNS.encode() in first.header
