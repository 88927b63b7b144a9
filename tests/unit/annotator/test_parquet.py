"""The table: typed columns, values of the record, row groups, and bounded memory."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.annotator import parquet, reader
from runtime.annotator.arrow import numbers, texts
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf

COLUMNS = {
    "record": "int64",
    "contig": "string",
    "position": "int64",
    "id": "string",
    "ref": "string",
    "alt": "string",
    "allele": "int32",
    "variant_class": "string",
    "gene": "string",
    "transcript": "string",
    "biotype": "string",
    "consequence": "string",
    "impact": "string",
    "strand": "int8",
    "coding_change": "string",
    "protein_change": "string",
    "protein_position": "int32",
    "amino_acids": "string",
    "known_id": "string",
    "clinical_significance": "string",
    "not_annotated": "string",
    "quality": "double",
    "filter": "string",
    "allele_frequency": "double",
}


def test_should_have_typed_columns(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "T", "G")))

    schema = pq.read_schema(result.folder / result.names.parquet)
    assert COLUMNS.items() <= {field.name: str(field.type) for field in schema}.items()
    assert b"gas_annotation" in (schema.metadata or {})


def test_should_take_id_quality_and_filter_from_the_record(annotate: Annotate) -> None:
    lines = [
        "MT\t8993\trs1;x\tT\tG,C\t50.5\tPASS\tAF=0.25,1e-3",
        "MT\t8993\t.\tT\tG\t.\t.\tDP=1;AF=.",
        "MT\t8993\t\tT\tG\tbad\tq10;s50\tXAF=1;AF=0.5,0.5",
        "MT\t8993\té\tT\tG\t1e3\tPASS\tAF=0.75;DP=2",
    ]

    rows = annotate(vcf(*lines)).rows

    found = [
        (row["record"], row["id"], row["quality"], row["filter"], row["allele_frequency"])
        for row in rows
    ]
    assert found == [
        (1, "rs1;x", 50.5, "PASS", 0.25),
        (1, "rs1;x", 50.5, "PASS", 0.001),
        (2, None, None, None, None),
        (3, "", None, "q10;s50", None),
        (4, "é", 1000.0, "PASS", 0.75),
    ]


def test_should_show_what_is_not_utf_8_with_the_replacement_character(annotate: Annotate) -> None:
    line = record(8993, "T", "G", identifier="caf\xe9").encode("latin-1")

    (row,) = annotate(vcf("LINE").encode().replace(b"LINE", line)).rows

    assert row["id"] == "caf\ufffd"


@pytest.mark.parametrize("limit", ["ROW_GROUP_ROWS", "ROW_GROUP_BYTES"])
def test_should_write_the_same_rows_when_row_groups_are_small(
    annotate: Annotate, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    records = [record(position, "N", "A") for position in [3107] * 3]
    records += [record(8993, "T", "G,C"), record(8993, "T", "G")]
    content = vcf(*records * 3000)
    whole = annotate(content)
    monkeypatch.setattr(parquet, limit, 1)
    monkeypatch.setattr(reader, "CHUNK", 10_000)

    parted = annotate(content)

    groups = pq.ParquetFile(parted.folder / parted.names.parquet).metadata.num_row_groups
    assert groups > pq.ParquetFile(whole.folder / whole.names.parquet).metadata.num_row_groups
    assert parted.rows == whole.rows
    assert parted.summary == whole.summary


def test_should_tell_positions_by_the_statistics_of_row_groups(annotate: Annotate) -> None:
    result = annotate(vcf(record(3243, "A", "G"), record(8993, "T", "G")))

    group = pq.ParquetFile(result.folder / result.names.parquet).metadata.row_group(0)
    statistics = group.column(list(COLUMNS).index("position")).statistics
    assert statistics is not None
    assert (statistics.min, statistics.max) == (3243, 8993)


def test_should_turn_bytes_into_numbers_and_null(tmp_path: Path) -> None:
    values = pa.array([b"1", b".", b"x", b"-2e3", None, b""], pa.binary())

    assert numbers(values).to_pylist() == [1.0, None, None, -2000.0, None, None]
    assert texts(values).to_pylist() == ["1", None, "x", "-2e3", None, ""]
