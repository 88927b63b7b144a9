"""The whole path against Ensembl VEP 115.2, on every allele of ../shared/data/grch38-chr9.

Each difference is of a class below, with who is right; what comes up new fails a test.
"""

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from tests.unit.annotator.grch38 import build_grch38, data
from tests.unit.annotator.results import Result, annotate_bytes

_GENETIC = ["position", "ref", "alt", "stable_id"]

LEAST_SHARES = {
    "Consequence": 0.995,
    "IMPACT": 0.998,
    "HGVSg": 1.0,
    "HGVSc": 0.999,
    "HGVSp": 0.997,
    "EXON": 0.999,
    "INTRON": 0.999,
    "cDNA_position": 0.999,
    "CDS_position": 0.999,
    "Protein_position": 0.999,
    "Amino_acids": 0.999,
    "Codons": 0.999,
    "SYMBOL": 1.0,
    "Gene": 1.0,
    "BIOTYPE": 1.0,
    "STRAND": 1.0,
    "VARIANT_CLASS": 1.0,
}
"""Share of VEP's rows in which a field must be equal."""

# Terms that VEP 115 has and these results haven't, and the other way round; how many rows; who is
# right. vepyr follows VEP 116, whose ensembl-variation has changed since.
TERMS = {
    # The insertion makes a stop codon before the old one: HGVSp says so. Ours are right.
    ("stop_retained_variant", "stop_gained"): 72,
    # A stop codon, whatever else the inserted or replaced residues are. VEP 116 names it alone.
    ("protein_altering_variant", ""): 33,
    # Residues are replaced by fewer. VEP 115 is right by its rule, 116 and ours call it a deletion.
    ("protein_altering_variant", "inframe_deletion"): 60,
    # Bases of an intron are replaced by another number of them, from its 7th or 8th base on, which
    # is in the splice region (the 3rd to the 8th). Ours are right.
    ("", "splice_region_variant"): 12,
    # Bases before the stop codon move it out of frame. Ours are right: the stop is lost.
    ("inframe_insertion&stop_retained_variant", "frameshift_variant"): 3,
    # The stop codon is deleted in part. Ours are right: the stop is lost.
    ("coding_sequence_variant", "stop_lost"): 2,
    ("coding_sequence_variant&incomplete_terminal_codon_variant", "stop_lost"): 1,
    ("inframe_insertion", ""): 1,
    ("stop_retained_variant", ""): 1,
}

# Differing names of proteins. VEP 115 looks for the next stop codon in a part of the 3' UTR alone
# (fsTer, extTer), as an own translation of the whole mRNA shows: ours are right.
PROTEIN_NAMES = {"fsTer": 10, "extTer": 3}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    data()
    return build_grch38(tmp_path_factory.mktemp("grch38"))


@pytest.fixture(scope="module")
def result(bundle: Bundle, engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Result:
    content = (data() / "variants.vcf.gz").read_bytes()
    folder = tmp_path_factory.mktemp("concordance")
    return annotate_bytes(
        content, "variants.vcf.gz", folder, bundle=bundle, process=engines, limits=Limits()
    )


@pytest.fixture(scope="module")
def pairs(result: Result) -> pl.DataFrame:
    """VEP's rows beside ours, whose columns end in _ours."""
    ours = pl.read_parquet(result.folder / result.names.parquet).with_columns(
        pl.col("Feature").str.replace(r"\.\d+$", "").alias("stable_id"),
        pl.col("STRAND").cast(pl.String),
    )
    return expected().join(
        ours, on=_GENETIC, how="left", suffix="_ours", nulls_equal=True, maintain_order="left"
    )


def expected() -> pl.DataFrame:
    """What VEP says, under our columns."""
    renamed = {
        "pos": "position",
        "transcript": "stable_id",
        "consequence": "Consequence",
        "cdna": "cDNA_position",
        "cds": "CDS_position",
        "protein": "Protein_position",
        "amino_acids": "Amino_acids",
        "codons": "Codons",
        "symbol": "SYMBOL",
        "gene": "Gene",
        "hgvsg": "HGVSg",
        "hgvsc": "HGVSc",
        "hgvsp": "HGVSp",
    }
    upper = ("impact", "exon", "intron", "strand", "biotype", "variant_class")
    table = pl.read_csv(
        data() / "vep115.tsv.gz", separator="\t", infer_schema=False, quote_char=None
    )
    return table.rename(renamed | {name: name.upper() for name in upper}).with_columns(
        pl.col("position").cast(pl.Int64), pl.col("HGVSp").str.replace("%3D", "=")
    )


def comparable(name: str, *, ours: bool) -> pl.Expr:
    """A field without accession, terms as a set."""
    value = pl.col(f"{name}_ours" if ours else name)
    if name.startswith("HGVS"):
        return value.str.replace(r"^[^:]*:", "")
    return value.str.split("&").list.sort().list.join("&") if name == "Consequence" else value


def test_should_have_every_row_of_vep(pairs: pl.DataFrame) -> None:
    assert len(pairs) == 85_115
    assert pairs["Consequence_ours"].null_count() == 0


def test_should_have_no_row_in_a_transcript_where_vep_has_none(
    pairs: pl.DataFrame, result: Result
) -> None:
    rows = pl.read_parquet(result.folder / result.names.parquet)

    assert rows["Feature"].is_not_null().sum() == pairs["stable_id"].is_not_null().sum()


@pytest.mark.parametrize(("name", "least"), LEAST_SHARES.items())
def test_should_equal_vep(pairs: pl.DataFrame, name: str, least: float) -> None:
    equal = comparable(name, ours=False).eq_missing(comparable(name, ours=True))

    assert pairs.select(equal.mean()).item() >= least


def test_should_know_each_class_of_differing_terms(pairs: pl.DataFrame) -> None:
    theirs = pl.col("Consequence").str.split("&")
    ours = pl.col("Consequence_ours").str.split("&")
    differing = pairs.select(
        theirs.list.set_difference(ours).list.sort().list.join("&").alias("theirs"),
        ours.list.set_difference(theirs).list.sort().list.join("&").alias("ours"),
    ).filter((pl.col("theirs") != "") | (pl.col("ours") != ""))

    counts = differing.group_by("theirs", "ours").len()
    assert {(theirs, ours): count for theirs, ours, count in counts.iter_rows()} == TERMS


def test_should_know_each_class_of_differing_names_of_proteins(pairs: pl.DataFrame) -> None:
    differing = pairs.filter(
        comparable("HGVSp", ours=False).ne_missing(comparable("HGVSp", ours=True))
    )["HGVSp_ours"]

    assert {kind: differing.str.contains(kind).sum() for kind in PROTEIN_NAMES} == PROTEIN_NAMES
    assert len(differing) == sum(PROTEIN_NAMES.values())


def test_should_say_the_same_in_the_vcf(result: Result) -> None:
    rows = pl.read_parquet(result.folder / result.names.parquet)
    fields = ("Consequence", "IMPACT", "Feature", "HGVSc", "HGVSp", "Codons", "EXON", "HGVSg")
    of_rows = rows.select(pl.col(name).fill_null("") for name in fields).rows()
    of_vcf = [
        tuple(entry[name].replace("%3D", "=") for name in fields)
        for entries in result.effects
        for entry in entries
    ]

    assert of_vcf == of_rows


def test_should_say_the_same_of_few_alleles_as_of_many(
    bundle: Bundle, engines: EnginePool, result: Result, tmp_path: Path
) -> None:
    text = gzip.decompress((data() / "variants.vcf.gz").read_bytes()).decode()
    lines = text.splitlines()
    header = [line for line in lines if line.startswith("#")]
    few = [line for line in lines if not line.startswith("#")][::20]

    found = annotate_bytes(
        "\n".join([*header, *few, ""]).encode(),
        "x.vcf",
        tmp_path,
        bundle=bundle,
        process=engines,
        limits=Limits(),
    )

    def answers(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {
            (row["position"], row["ref"], row["alt"], row["Feature"]): {
                **row,
                "record": 0,
                "variant": 0,
            }
            for row in rows
        }

    assert len(few) > 700
    assert answers(found.rows).items() <= answers(result.rows).items()


def test_should_be_right_about_both_when_a_file_has_nuclear_and_mitochondrial_records(
    bundle: Bundle, engines: EnginePool, tmp_path: Path
) -> None:
    content = (
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        b"chr9\t304653\t.\tG\tA\t.\t.\t.\nchrM\t3243\t.\tA\tG\t.\t.\t.\n"
        b"chrM\t4471\t.\tT\tC\t.\t.\t.\nchrM\t8993\t.\tT\tG\t.\t.\t.\n"
    )

    result = annotate_bytes(
        content, "x.vcf", tmp_path, bundle=bundle, process=engines, limits=Limits()
    )

    picked = {
        (row["contig"], row["position"]): (
            row["Consequence"],
            row["Amino_acids"],
            (row["HGVSc"] or "").split(":")[1],
            row["HGVSg"],
        )
        for row in result.rows
        if row["PICK"]
    }
    assert picked == {
        ("9", 304653): ("synonymous_variant", "P", "c.477G>A", "NC_000009.12:g.304653G>A"),
        ("MT", 3243): (
            "non_coding_transcript_exon_variant",
            None,
            "n.14A>G",
            "NC_012920.1:m.3243A>G",
        ),
        ("MT", 4471): ("start_lost", "M/T", "c.2T>C", "NC_012920.1:m.4471T>C"),
        ("MT", 8993): ("missense_variant", "L/R", "c.467T>G", "NC_012920.1:m.8993T>G"),
    }
    assert [engine["name"] for engine in result.summary["engines"]] == ["vepyr", "bcftools csq"]
