"""What is said of flags covers those that a result has."""

from pathlib import Path

import polars as pl

from runtime.web.services.variants.vep_terms import FLAGS, flag_meaning
from tests.genome.bundle import build_genome


def test_should_say_of_each_flag_what_it_means(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    build_genome(tmp_path / "bundle", tmp_path / "scratch")
    flags = pl.read_parquet(tmp_path / "bundle" / "transcripts.parquet")["FLAGS"].drop_nulls()
    found = {flag for each in flags for flag in each.split("&")}
    of_refseq = {"sequence_differs", "frame_differs"}
    assert found | of_refseq == set(FLAGS)
    assert flag_meaning("cds_start_NF").startswith("incomplete model")
    assert flag_meaning("another") == "another"
