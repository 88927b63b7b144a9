"""The whole way of an upload: the results that it has, and when it has none."""

from pathlib import Path
from typing import Any

import pysam
import pytest

from runtime.annotator.additions import MergeError
from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import Bundle
from runtime.annotator.engine import BcftoolsEngine, EngineReport
from runtime.annotator.pipeline import annotate_file
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import COLUMNS, MELAS, NARP, ONE, record, vcf


def _sample(bundle: Bundle) -> Path:
    assert bundle.sample_path is not None
    return bundle.sample_path


def test_should_write_all_results_when_a_sample_is_annotated(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    outcome = annotate_file(_sample(bundle), "my sample.vcf", bundle, tmp_path, engine=engine)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "my sample.annot.vcf.gz",
        "my sample.annot.vcf.gz.tbi",
        "my sample.summary.json",
        "my sample.variants.parquet",
        "my sample.vcf.count.log",
    ]
    assert set(outcome.files) == {path.name for path in tmp_path.iterdir()}
    assert list(outcome.durations) == ["check", "engine", "merge", "parquet", "index", "report"]


def test_should_annotate_a_known_pathogenic_variant_in_every_result(annotate: Annotate) -> None:
    result = annotate(ONE)

    assert result.infos[0]["BCSQ"] == (
        "missense|MT-ATP6|ENST00000361899|protein_coding|+|156L>156R|8993T>G"
    )
    assert result.infos[0]["KNOWN_ID"] == "rs199476133"
    (row,) = result.rows
    wanted = {
        "record": 1,
        "contig": "MT",
        "position": 8993,
        "ref": "T",
        "alt": "G",
        "variant_class": "SNV",
        "gene": "MT-ATP6",
        "transcript": "ENST00000361899",
        "consequence": "missense_variant",
        "impact": "MODERATE",
        "strand": 1,
        "coding_change": "c.467T>G",
        "protein_change": "p.Leu156Arg",
        "protein_position": 156,
        "amino_acids": "L/R",
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
    assert [info["BCSQ"].split("|")[1] for info in result.infos] == [
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
    assert [record.info["BCSQ"][0].split("|")[0] for record in records] == [
        "non_coding",
        "missense",
    ]
    assert records[1].info["BCSQ_ALLELE"] == (1,)


def test_should_report_progress_that_never_falls_and_ends_at_100(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    told: list[int] = []

    annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, engine=engine, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 100


def test_should_leave_nothing_behind_when_progress_ends_the_job(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    def stop(percent: int) -> None:
        if percent >= 30:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, engine=engine, progress=stop)

    assert list(tmp_path.iterdir()) == []


class ForgetfulEngine(BcftoolsEngine):
    """An engine that loses its last row."""

    def annotate(self, sites: Path, bundle: Bundle, out: Path, **kwargs: Any) -> EngineReport:
        report = super().annotate(sites, bundle, out, **kwargs)
        out.write_bytes(b"".join(out.read_bytes().splitlines(keepends=True)[:-1]))
        return report


def test_should_publish_nothing_when_the_engine_loses_an_allele(
    bundle: Bundle, bcftools: Bcftools, tmp_path: Path
) -> None:
    engine = ForgetfulEngine(bcftools)

    with pytest.raises(MergeError, match="left out"):
        annotate_file(_sample(bundle), "x.vcf", bundle, tmp_path, engine=engine)

    assert list(tmp_path.iterdir()) == []


def test_should_give_the_same_results_when_a_file_is_annotated_twice(annotate: Annotate) -> None:
    first, second = annotate(ONE), annotate(ONE)

    for name in (first.names.vcf, first.names.index, first.names.parquet, first.names.summary):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name
    assert COLUMNS.encode() in first.header
