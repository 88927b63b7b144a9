"""The transcripts' table: mapped from a file that is gone, the same whatever is read at once."""

import tempfile
from pathlib import Path

import polars as pl
import pytest

from runtime.annotator import transcript_table
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.transcript_table import mapped_table, preferences


@pytest.fixture(scope="module")
def bundle(genome_bundle: Path) -> Bundle:
    return load(genome_bundle)


def places(bundle: Bundle) -> dict[str, int]:
    return {contig.name: at for at, contig in enumerate(bundle.manifest.contigs)}


def test_should_hold_the_same_rows_when_they_are_read_in_many_pieces(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript_table, "ROWS_AT_ONCE", 2)

    table = mapped_table(bundle.transcripts_path, places(bundle))

    assert table.n_chunks() > 2
    assert table.equals(bundle.transcripts)
    assert table["stable_id"].equals(pl.read_parquet(bundle.transcripts_path)["stable_id"])
    assert table["transcript"].to_list() == list(range(len(table)))


def test_should_leave_no_file_when_the_table_is_mapped(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    table = mapped_table(bundle.transcripts_path, places(bundle))

    assert list(tmp_path.iterdir()) == []
    assert table["head"].str.count_matches("|", literal=True).unique().to_list() == [4]


def test_should_prefer_mane_then_canonical_then_the_longest_cds(tmp_path: Path) -> None:
    rows = [
        # MANE Select, MANE Plus Clinical, canonical, CDS, start, end
        (None, None, False, 300, 1, 1000),
        (None, None, False, 900, 1, 1000),
        (None, None, True, 300, 1, 2000),
        ("NM_1.1", None, True, 300, 1, 1000),
        (None, "NM_2.1", False, None, 1, 5000),
        (None, None, False, None, 1, 100),
    ]
    names = ["MANE_SELECT", "MANE_PLUS_CLINICAL", "CANONICAL", "cds_length", "start", "end"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(tmp_path / "t.parquet")

    found = preferences(tmp_path / "t.parquet")

    assert found["_pick_class"].to_list() == [7, 7, 6, 2, 5, 7]
    # Without a CDS a transcript comes after all that have one, however long it is.
    assert found["_pick_order"].to_list() == [2, 0, 1, 3, 4, 5]
