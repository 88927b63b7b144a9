"""What is said of columns and flags covers those that a result has."""

from pathlib import Path

import polars as pl

from reference.rcrs.build import build_rcrs
from runtime.annotator.bundle import load
from runtime.annotator.schema import schema
from runtime.web.services.variants.variant import track_columns
from runtime.web.services.variants.vep_terms import COLUMNS, FLAGS, PREDICTIONS, flag_meaning
from tests.genome.bundle import build_genome


def test_should_say_of_each_column_what_it_means(tmp_path: Path) -> None:
    build_rcrs(tmp_path / "rcrs")
    bundle = load(tmp_path / "rcrs")
    names = schema(bundle).names
    assert track_columns(names) == [field.column for field in bundle.fields] != []
    without = [name for name in COLUMNS if name not in PREDICTIONS]
    assert [*without, *track_columns(names)] == names


def test_should_say_of_each_flag_what_it_means(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    build_genome(tmp_path / "bundle", tmp_path / "scratch")
    flags = pl.read_parquet(tmp_path / "bundle" / "transcripts.parquet")["FLAGS"].drop_nulls()
    found = {flag for each in flags for flag in each.split("&")}
    of_refseq = {"sequence_differs", "frame_differs"}
    assert found | of_refseq == set(FLAGS)
    assert flag_meaning("cds_start_NF").startswith("incomplete model")
    assert flag_meaning("another") == "another"
