"""Batches: distinct, sorted sites, and which site each allele is."""

from pathlib import Path

import polars as pl
import pytest

from runtime.annotator.batches import Batch, BatchMaker, alleles_of
from runtime.annotator.limits import Limits
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf

Record = tuple[int, int, str, str]
"""Contig, position, REF and ALT."""


def batch_of(*records: Record, skips: list[str | None] | None = None) -> Batch:
    """A batch of records, each a group of its own; `skips` are of the alleles."""
    groups = pl.DataFrame(
        records,
        schema={"contig": pl.UInt32, "position": pl.Int64, "ref": pl.String, "alts": pl.String},
        orient="row",
    ).with_row_index("group")
    alleles = alleles_of(groups.with_columns(chrom=pl.format("c{}", "contig")))
    none = [None] * len(alleles)
    maker = BatchMaker()
    maker.add(
        groups["group"], alleles.with_columns(pl.Series("skip", skips or none, dtype=pl.String))
    )
    return maker.finish()


def sites_of(batch: Batch) -> list[tuple[int, int, str, str]]:
    return batch.sites.select("contig", "position", "ref", "alt").rows()


def test_should_sort_sites_and_give_equal_alleles_one(tmp_path: Path) -> None:
    batch = batch_of((1, 5, "A", "C"), (0, 9, "g", "t,GA"), (0, 9, "G", "T"), (0, 3, "T", "A"))

    assert sites_of(batch) == [
        (0, 3, "T", "A"),
        (0, 9, "G", "GA"),
        (0, 9, "G", "T"),
        (1, 5, "A", "C"),
    ]
    assert batch.alleles.select("group", "number", "ref", "alt", "site").rows() == [
        (0, 1, "A", "C", 3),
        (1, 1, "g", "t", 2),
        (1, 2, "g", "GA", 1),
        (2, 1, "G", "T", 2),
        (3, 1, "T", "A", 0),
    ]
    batch.write(tmp_path / "batch")
    again = Batch.read(tmp_path / "batch")
    assert all(
        one.equals(other)
        for one, other in zip(vars(batch).values(), vars(again).values(), strict=True)
    )


def test_should_give_no_site_to_a_skipped_allele() -> None:
    batch = batch_of((0, 5, "A", "C,<DEL>"), skips=[None, "symbolic_allele"])

    assert batch.alleles.select("site", "skip", "VARIANT_CLASS").rows() == [
        (0, None, "SNV"),
        (None, "symbolic_allele", "deletion"),
    ]


def test_should_not_let_two_spellings_of_an_allele_share_a_site() -> None:
    # VEP names other codons and positions for each of these.
    batch = batch_of((0, 5, "A", "C"), (0, 5, "AG", "CG"), (0, 5, "AGG", "AG"), (0, 5, "AG", "A"))

    assert len(batch.sites) == 4


@pytest.mark.parametrize(
    ("ref", "alts", "alleles"),
    [
        ("A", "C", ["C"]),
        ("AG", "CT", ["CT"]),
        ("AG", "AT", ["AT"]),
        ("AG", "A", ["-"]),
        ("A", "AG", ["G"]),
        ("AG", "G", ["G"]),
        ("ATT", "A,AT", ["-", "T"]),
        ("ATT", "A,CTT", ["A", "CTT"]),
        ("ATT", "A,*", ["-", "*"]),
        ("A", "C,G", ["C", "G"]),
        ("AG", "AT,AC", ["AT", "AC"]),
    ],
)
def test_should_write_alleles_as_vep_does_in_the_same_record(
    ref: str, alts: str, alleles: list[str]
) -> None:
    batch = batch_of((0, 5, ref, alts))

    anchored = batch.alleles["anchored"].to_list()
    found = [
        (alt[1:] or "-") if cut and alt != "*" else alt
        for alt, cut in zip(alts.split(","), anchored, strict=True)
    ]
    assert found == alleles


@pytest.mark.parametrize(
    ("ref", "alt", "kind"),
    [
        ("A", "C", "SNV"),
        ("AG", "CT", "substitution"),
        ("AG", "AT", "substitution"),
        ("AG", "A", "deletion"),
        ("A", "AG", "insertion"),
        ("AG", "G", "indel"),
        ("AG", "CTT", "indel"),
    ],
)
def test_should_classify_an_allele_as_vep_does(ref: str, alt: str, kind: str) -> None:
    assert batch_of((0, 5, ref, alt)).alleles["VARIANT_CLASS"].to_list() == [kind]


@pytest.mark.parametrize("limits", [Limits(batch_records=7), Limits(batch_further_alleles=2)])
def test_should_give_the_same_results_when_batches_are_small(
    annotate: Annotate, monkeypatch: pytest.MonkeyPatch, limits: Limits
) -> None:
    records = [record(8993, "T", "G,C"), record(3243, "A", "G"), record(8993, "T", "G")] * 40
    records += [record(at, "G", "A", chrom="X") for at in range(1, 20)]
    content = vcf(*records)
    whole = annotate(content)
    monkeypatch.setattr("runtime.annotator.reader.CHUNK", 500)
    monkeypatch.setattr("runtime.annotator.reader.BLOCK_LINES", 0)

    written: list[Path] = []
    write = Batch.write

    def noting(batch: Batch, folder: Path) -> None:
        written.append(folder)
        write(batch, folder)

    monkeypatch.setattr(Batch, "write", noting)

    parted = annotate(content, limits=limits)

    assert len(written) > 2

    assert parted.lines == whole.lines
    assert parted.rows == whole.rows
    assert parted.summary == whole.summary
