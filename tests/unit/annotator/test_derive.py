"""A restored result is the VCF alone: all else comes from it again."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.derive import derive
from runtime.annotator.engine import BcftoolsEngine
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.stages import Stages
from runtime.common.keys import ResultNames
from runtime.common.manifest import TrackField
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf


def again(vcf_file: Path, bundle: Bundle, engine: BcftoolsEngine) -> None:
    """What a restore does."""
    deadline = Deadline(60)
    derive(
        vcf_file,
        ResultNames.of("x.vcf"),
        bundle,
        engine=engine,
        limits=Limits(),
        deadline=deadline,
        stages=Stages(lambda _percent: None, deadline),
    )


def test_should_make_the_same_index_parquet_and_summary_when_a_result_was_restored(
    annotate: Annotate, bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    content = vcf(record(3243, "A", "G"), record(8993, "T", "G,<DEL>"), record(9000, "A", "."))
    first = annotate(content)
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(first.folder / first.names.vcf, restored)

    again(restored / first.names.vcf, bundle, engine)

    for name in (first.names.index, first.names.parquet, first.names.summary):
        assert (restored / name).read_bytes() == (first.folder / name).read_bytes(), name
    assert before_durations(restored / first.names.log) == before_durations(
        first.folder / first.names.log
    )


def before_durations(log: Path) -> str:
    return log.read_text().split("Durations")[0]


def test_should_refuse_a_vcf_that_is_no_result(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    (tmp_path / "x.annot.vcf.gz").write_text(vcf(record(8993, "T", "G")))

    with pytest.raises(ValueError, match="no gas_annotation line"):
        again(tmp_path / "x.annot.vcf.gz", bundle, engine)


def test_should_believe_its_own_line_when_the_upload_forged_one(annotate: Annotate) -> None:
    forged = '##gas_annotation={"format": 1, "input": "forged"}'

    result = annotate(vcf(record(8993, "T", "G"), header=(forged,)))

    assert forged.encode() in result.header
    assert result.rows[0]["gene"] == "MT-ATP6"


def test_should_write_the_summary_that_it_returns(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "T", "G"), record(263, "A", "G"), record(8527, "A", "C")))

    assert json.loads((result.folder / result.names.summary).read_text()) == result.summary
    assert result.summary["alleles"] == {"total": 3, "annotated": 3, "not_annotated": 0}
    assert result.summary["impacts"] == {"HIGH": 1, "MODERATE": 2, "MODIFIER": 1}
    assert result.summary["consequences"] == {
        "missense_variant": 2,
        "intergenic_variant": 1,
        "start_lost": 1,
    }
    assert result.summary["genes"] == {"MT-ATP6": 2, "MT-ATP8": 1}
    assert result.summary["variant_classes"] == {"SNV": 3}
    assert result.summary["contigs"] == {"MT": 3}
    assert result.summary["engine"]["version"] == "bcftools 1.24"
    assert result.summary["bundle"]["assembly"] == "rCRS"
    assert len(result.summary["input"]["sha256"]) == 64


def test_should_show_few_examples_of_a_problem_that_comes_often(annotate: Annotate) -> None:
    elsewhere = [record(1, "A", "C", chrom=f"c{number}") for number in range(9)]

    result = annotate(vcf(record(8993, "T", "G"), *[record(8993, "T", "<DEL>")] * 3, *elsewhere))

    assert [each["reason"] for each in result.summary["problems"]] == [
        "symbolic_allele",
        *["unknown_contig"] * 5,
    ]
    assert result.summary["not_annotated"] == {"unknown_contig": 9, "symbolic_allele": 3}


def test_should_leave_a_column_empty_when_the_result_is_older_than_the_bundles_field(
    annotate: Annotate, bundle: Bundle, engine: BcftoolsEngine
) -> None:
    first = annotate(vcf(record(3243, "A", "G"), record(8993, "T", "G")))
    before = first.rows

    again(first.folder / first.names.vcf, with_new_field(bundle), engine)

    rows = pq.read_table(first.folder / first.names.parquet).to_pylist()
    assert [row.pop("review_status") for row in rows] == [None, None]
    assert rows == before
    assert all(row["known_id"] for row in rows)


def with_new_field(bundle: Bundle) -> Bundle:
    """The bundle as a later release has it, with one more field of its first track."""
    [track, *others] = bundle.manifest.tracks
    field = TrackField(
        source="INFO/REVIEW",
        target="review_status",
        description="Review",
        number="1",
        type="String",
    )
    longer = track.model_copy(update={"fields": [field, *track.fields]})
    tracks = {"tracks": [longer, *others]}
    return replace(bundle, manifest=bundle.manifest.model_copy(update=tracks))
