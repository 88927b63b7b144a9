"""The table: typed columns, values of the record, row groups, and bounded memory."""

from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from runtime.annotator import parquet
from runtime.annotator.columns import numbers, texts
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf

COLUMNS = {
    "record": "int64",
    "variant": "int64",
    "contig": "string",
    "position": "int64",
    "id": "string",
    "ref": "string",
    "alt": "string",
    "allele": "int32",
    "quality": "double",
    "filter": "string",
    "allele_frequency": "double",
    "sample_AN": "int32",
    "sample_AC": "int32",
    "sample_nhomalt": "int32",
    "not_annotated": "string",
    "Consequence": "string",
    "IMPACT": "string",
    "SYMBOL": "string",
    "Gene": "string",
    "Feature_type": "string",
    "Feature": "string",
    "BIOTYPE": "string",
    "EXON": "string",
    "INTRON": "string",
    "HGVSg": "string",
    "HGVSc": "string",
    "HGVSp": "string",
    "cDNA_position": "string",
    "CDS_position": "string",
    "Protein_position": "string",
    "protein_start": "int32",
    "Amino_acids": "string",
    "Codons": "string",
    "STRAND": "int8",
    "FLAGS": "string",
    "VARIANT_CLASS": "string",
    "SYMBOL_SOURCE": "string",
    "HGNC_ID": "string",
    "CANONICAL": "bool",
    "MANE_SELECT": "string",
    "MANE_PLUS_CLINICAL": "string",
    "TSL": "int8",
    "APPRIS": "string",
    "CCDS": "string",
    "ENSP": "string",
    "PICK": "bool",
    "most_severe": "bool",
    "most_severe_consequence": "string",
    "known_id": "string",
    "clinical_significance": "string",
    "mitomap_status": "string",
    "mitomap_status_note": "string",
    "condition": "string",
    "condition_names": "string",
    "mitomap_pubmed": "string",
    "mitomap_count": "string",
    "mitomap_frequency": "string",
    "mitomap_count_note": "string",
    "mitomap_haplogroups": "string",
    "mitotip_score": "string",
    "mitotip_interpretation": "string",
    "region_name": "string",
}


@pytest.mark.parametrize("alt", ["G", "<DEL>", "."])
def test_should_have_the_same_typed_columns_whatever_the_file(annotate: Annotate, alt: str) -> None:
    result = annotate(vcf(record(8993, "T", alt)))

    schema = pq.read_schema(result.folder / result.names.parquet)
    assert [(field.name, str(field.type)) for field in schema] == list(COLUMNS.items())
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


def test_should_write_the_same_rows_when_row_groups_are_small(
    annotate: Annotate, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = vcf(*[record(8993, "T", "G,C"), record(8993, "T", "G")] * 100)
    whole = annotate(content)
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 7)

    parted = annotate(content)

    assert pq.ParquetFile(parted.folder / parted.names.parquet).metadata.num_row_groups > 10
    assert parted.rows == whole.rows


def test_should_write_the_same_bytes_when_the_process_has_seen_other_words_before(
    annotate: Annotate,
) -> None:
    content = vcf(record(3243, "A", "G"), record(8993, "T", "G"), record(300, "A", "C"))

    def written() -> tuple[bytes, list[dict[str, Any]]]:
        result = annotate(content)
        return (result.folder / result.names.parquet).read_bytes(), result.rows

    first, rows = written()
    # Codes of categories are shared by all that lives in a process, and given as they come.
    words = dict.fromkeys(row["Consequence"] for row in rows)
    others = pl.Series(reversed(words), dtype=pl.Categorical)
    again, _ = written()

    assert len(others) >= 3
    assert again == first


def test_should_tell_positions_by_the_statistics_of_row_groups(annotate: Annotate) -> None:
    result = annotate(vcf(record(3243, "A", "G"), record(8993, "T", "G")))

    group = pq.ParquetFile(result.folder / result.names.parquet).metadata.row_group(0)
    statistics = group.column(list(COLUMNS).index("position")).statistics
    assert statistics is not None
    assert (statistics.min, statistics.max) == (3243, 8993)


def test_should_turn_bytes_into_numbers_and_null() -> None:
    values = [b"1", b".", b"x", b"-2e3", b""]

    assert numbers(values).to_list() == [1.0, None, None, -2000.0, None]
    assert texts(values).to_list() == ["1", None, "x", "-2e3", ""]
