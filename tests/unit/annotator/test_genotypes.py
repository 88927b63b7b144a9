"""Fields of samples: compared with htslib's reading, and what callers don't agree on."""

import random
from pathlib import Path
from typing import Any

import polars as pl
import pysam
import pytest

from runtime.annotator import genotype_table
from runtime.annotator.bundle import Bundle
from runtime.annotator.genotypes import FRACTIONS, genotypes_of
from runtime.annotator.limits import Limits
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.results import Result
from tests.unit.annotator.vcfs import record, vcf

FORMATS = (
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="">',
    '##FORMAT=<ID=AF,Number=A,Type=Float,Description="">',
    "##contig=<ID=MT,length=16569>",
)
SAMPLES = ("mother", "father", "child")
COLUMNS = "\t".join(["FORMAT", *SAMPLES])


def genotypes(result: Result) -> list[dict[str, Any]]:
    """Rows of the table of genotypes."""
    return pl.read_parquet(result.folder / result.names.genotypes).to_dicts()


def read(line: str, alternates: int = 1) -> dict[str, Any]:
    """The first row of a record with one sample."""
    return genotypes_of([line.encode()], pl.Series([alternates])).row(0, named=True)


def _random_file(bundle: Bundle, seed: int, records: int) -> str:
    choose = random.Random(seed)
    lines = []
    for position in sorted(choose.sample(range(600, 16_000), records)):
        ref = bundle.fasta.bases("MT", position, 1).decode()
        alts = choose.sample([b for b in "ACGT" if b != ref], choose.choice([1, 1, 1, 2, 3]))
        keys = choose.choice(["GT", "GT:AD:DP", "GT:DP:GQ", "GT:AF:AD", "GT:GQ"])
        samples = [
            ":".join(_value(key, len(alts), choose) for key in keys.split(":")) for _ in SAMPLES
        ]
        lines.append(record(position, ref, ",".join(alts), rest="\t".join([keys, *samples])))
    return vcf(*lines, header=FORMATS, samples=COLUMNS)


def _value(key: str, alternates: int, choose: random.Random) -> str:
    if choose.random() < 0.1 and key != "GT":
        return "."
    alleles = [*map(str, range(alternates + 1)), "."]
    match key:
        case "GT":
            return choose.choice("/|").join(choose.choices(alleles, k=choose.choice([1, 2, 2, 2])))
        case "AD":
            return ",".join(str(choose.randrange(60)) for _ in range(alternates + 1))
        case "AF":
            return ",".join(f"{choose.random():.3f}" for _ in range(alternates))
        case _:
            return str(choose.randrange(100))


def _as_pysam_reads(path: Path) -> list[dict[str, Any]]:
    """The same rows, made of what htslib gives."""
    rows = []
    with pysam.VariantFile(str(path)) as file:
        for number, line in enumerate(file, 1):
            for allele in range(1, len(line.alts or ()) + 1):
                rows += [
                    {"record": number, "allele": allele, "sample": name, **_call(call, allele)}
                    for name, call in line.samples.items()
                ]
    return rows


def _call(call: Any, allele: int) -> dict[str, Any]:
    alleles = call["GT"]
    copies, missing = alleles.count(allele), None in alleles
    if missing:
        kind = "incomplete" if copies else "missing"
    elif copies == 0:
        kind = "ref"
    elif copies < len(alleles):
        kind = "het"
    else:
        kind = "hemi" if copies == 1 else "hom"
    depths = call.get("AD") if call.get("AD") != (None,) else None
    fractions = call.get("AF") if call.get("AF") != (None,) else None
    fraction = None
    if fractions:
        fraction = fractions[allele - 1]
    elif depths and sum(depths):
        fraction = depths[allele] / sum(depths)
    return {
        "zygosity": kind,
        "DP": call.get("DP"),
        "GQ": call.get("GQ"),
        "AD_ref": depths[0] if depths else None,
        "AD_alt": depths[allele] if depths else None,
        "allele_fraction": None if fraction is None else pytest.approx(fraction, abs=1e-6),
    }


def test_should_agree_with_htslib_when_a_file_has_all_kinds_of_genotypes(
    annotate: Annotate, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genotype_table, "CHUNK_ROWS", 50)
    text = _random_file(bundle, seed=7, records=400)
    path = tmp_path / "plain.vcf"
    path.write_text(text)

    rows = genotypes(annotate(text))

    expected = _as_pysam_reads(path)
    assert len(rows) > 1_500
    assert [{key: row[key] for key in expected[0]} for row in rows] == expected


def test_should_count_alleles_over_all_samples_as_htslib_reads_them(
    annotate: Annotate, bundle: Bundle, tmp_path: Path
) -> None:
    text = _random_file(bundle, seed=11, records=200)
    path = tmp_path / "plain.vcf"
    path.write_text(text)

    rows = [row for row in annotate(text).rows if row["PICK"] is not False]

    filled = pysam.VariantFile(str(path))
    expected = []
    for line in filled:
        called = [a for call in line.samples.values() for a in call["GT"] if a is not None]
        for allele in range(1, len(line.alts or ()) + 1):
            whole = sum(
                len(call["GT"]) > 1 and set(call["GT"]) == {allele}
                for call in line.samples.values()
            )
            expected.append((len(called), called.count(allele), whole))
    found = [(row["sample_AN"], row["sample_AC"], row["sample_nhomalt"]) for row in rows]
    assert found == expected


@pytest.mark.parametrize(
    ("line", "fraction", "source"),
    [
        ("GT:AF\t0/1:0.034", 0.034, "AF"),
        ("GT:VAF:AD\t0/1:0.5:3,1", 0.5, "VAF"),
        ("GT:HF\t0/1:0.013", 0.013, "HF"),
        ("GT:HL\t0/1:1", 1.0, "HL"),
        ("GT:FREQ:RD:AD\t0/1:12.5%:7:1", 0.125, "FREQ"),
        ("GT:FREQ\t0/1:12.5", None, None),  # without its sign it could be either
        ("GT:AD\t0/1:3,1", 0.25, "reads"),
        ("GT:RO:AO\t0/1:3:1", 0.25, "reads"),
        ("DP:AD:GT\t4:3,1:0/1", 0.25, "reads"),  # the specification wants GT first
        ("GT:AF\t0/1:1.5", None, None),
        ("GT:AF\t0/1:0.1,0.2", None, None),
        ("GT:AD\t0/1:0,0", None, None),
        ("GT:AD\t0/1:.,4", None, None),
        ("GT:AD\t0/1:1,2,3", None, None),
        ("GT\t0/1", None, None),
    ],
)
def test_should_take_an_allele_s_fraction_from_what_the_caller_wrote(
    line: str, fraction: float | None, source: str | None
) -> None:
    row = read(line)

    assert (row["allele_fraction"], row["allele_fraction_source"]) == (fraction, source)


def test_should_take_the_first_fraction_when_a_caller_wrote_several() -> None:
    line = "GT:" + ":".join(FRACTIONS) + "\t0/1:" + ":".join(["0.25"] * len(FRACTIONS))

    assert read(line)["allele_fraction_source"] == FRACTIONS[0]


@pytest.mark.parametrize("line", ["DP\t7", "GT:DP\t0/9:7", "GT:DP\tx:7", "DP:GT\t7"])
def test_should_keep_the_rest_when_a_genotype_can_t_be_read(line: str) -> None:
    row = read(line)

    assert row["zygosity"] is None
    assert row["DP"] == 7


@pytest.mark.parametrize("depth", ["-1", "x", "3.5", str(2**31), ""])
def test_should_leave_a_depth_out_when_it_is_no_number_of_reads(depth: str) -> None:
    row = read(f"GT:DP:AD\t0/1:{depth}:{depth},4")

    assert (row["DP"], row["AD_ref"], row["AD_alt"]) == (None, None, 4)


def test_should_say_why_when_there_is_no_table_of_genotypes(annotate: Annotate) -> None:
    many = vcf(record(8993, "T", "G", rest="GT\t0|1\t1|1"), samples="FORMAT\ta\tb")
    twice = vcf(record(8993, "T", "G", rest="GT\t0|1\t1|1"), samples="FORMAT\ta\ta")

    few = annotate(many, limits=Limits(genotype_samples=1))
    same = annotate(twice)

    for result in (few, same):
        assert not (result.folder / result.names.genotypes).exists()
        assert result.summary["samples"]["no_genotypes"] in result.log
    assert "2 samples, and genotypes are listed of up to 1" in few.log
    assert "two samples have the name a" in same.log
    assert (few.rows[0]["sample_AC"], few.rows[0]["sample_AN"]) == (3, 4)


def test_should_count_zygosities_by_sample_when_genotypes_are_listed(annotate: Annotate) -> None:
    lines = [
        record(8993, "T", "G", rest="GT\t0/1\t./.\t1/1"),
        record(3243, "A", "G", rest="GT\t0/1\t0/0\t0/7"),
    ]

    result = annotate(vcf(*lines, samples=COLUMNS))

    assert result.summary["samples"]["zygosity"] == {
        "mother": {"het": 2},
        "father": {"missing": 1, "ref": 1},
        "child": {"hom": 1, "unreadable": 1},
    }
    assert "ref 1, missing 1" in result.log


def test_should_number_variants_as_the_table_of_variants_does(
    annotate: Annotate, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genotype_table, "CHUNK_ROWS", 50)
    text = _random_file(bundle, seed=3, records=300)
    blocks = text.splitlines()
    again = blocks[-1].split("\t")
    blocks += ["\t".join([*again[:4], f"{again[4]},<NON_REF>", *again[5:8], "GT\t0/1\t0/0\t."])]

    result = annotate("\n".join([*blocks, blocks[-1], ""]))

    variants = {(row["record"], row["allele"]): row["variant"] for row in result.rows}
    numbers = list(dict.fromkeys(variants.values()))
    assert numbers == list(range(1, len(variants) + 1))
    assert {(r["record"], r["allele"]): r["variant"] for r in genotypes(result)} == variants


def test_should_leave_unspecified_alleles_out_when_a_gvcf_has_genotypes(annotate: Annotate) -> None:
    line = record(8993, "T", "G,<NON_REF>", rest="GT:AD\t0/1:5,4,0")

    result = annotate(vcf(line, samples="FORMAT\ta"))

    assert [(row["allele"], row["AD_alt"]) for row in genotypes(result)] == [(1, 4)]
    assert [row["allele"] for row in result.rows] == [1]
