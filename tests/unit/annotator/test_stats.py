"""Changes of bases, lengths of indels, and counts of samples: compared with `bcftools stats`."""

import random
from collections import defaultdict
from pathlib import Path

import pysam.bcftools
import pytest

from runtime.annotator import sample_counts
from runtime.annotator.bundle import Bundle
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf

HEADER = (
    "##contig=<ID=MT,length=16569>",
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="">',
)
SAMPLES = ("mother", "father", "child")
COLUMNS = "\t".join(["FORMAT", *SAMPLES])
GENOTYPES = ("0/0", "0/1", "1|0", "1/1", "./.")

Table = dict[str, list[list[str]]]


def by_bcftools(text: str, folder: Path) -> Table:
    """The rows of `bcftools stats`, without the id, by the kind of row."""
    path = folder / "plain.vcf"
    path.write_text(text)
    found: Table = defaultdict(list)
    for line in str(pysam.bcftools.stats("-s", "-", str(path))).splitlines():
        if not line.startswith("#"):
            kind, _, *columns = line.split("\t")
            found[kind].append(columns)
    return found


def file_of(bundle: Bundle, *, alternates: int, seed: int, several: int = 10) -> str:
    """A file with changes of one and of several bases, and indels of up to 80 bases.

    `alternates` is how many ALT alleles a record has at the most, and `several` the share of
    changes of several bases.
    """
    choose = random.Random(seed)
    lines = []
    for position in sorted(choose.sample(range(600, 16_000, 2), 1_500)):
        ref = bundle.fasta.bases("MT", position, 1).decode()
        if ref == "N":
            continue
        kinds = ("base", "insertion", "deletion", "several")
        [kind] = choose.choices(kinds, (70, 10, 10, several))
        if kind == "deletion":
            ref = bundle.fasta.bases("MT", position, 1 + _length(choose)).decode()
        if kind == "several":
            ref = bundle.fasta.bases("MT", position, 3).decode()
        count = choose.randint(1, alternates)
        alts = list(dict.fromkeys(_alt(kind, ref, choose) for _ in range(count)))
        cells = [
            f"{choose.choice(GENOTYPES)}:{choose.randrange(9)}"
            + f",{choose.randrange(9)}" * len(alts)
            for _ in SAMPLES
        ]
        rest = "\t".join(["GT:AD", *cells])
        if "N" not in ref:
            lines.append(record(position, ref, ",".join(alts), rest=rest))
    return vcf(*lines, header=HEADER, samples=COLUMNS)


def _length(choose: random.Random) -> int:
    return min(80, int(choose.expovariate(0.04)) + 1)


def _alt(kind: str, ref: str, choose: random.Random) -> str:
    other = {"A": "CGT", "C": "AGT", "G": "ACT", "T": "ACG"}
    if kind == "insertion":
        return ref + "".join(choose.choices("ACGT", k=_length(choose)))
    if kind == "deletion":
        return ref[0]
    if kind == "several":
        return choose.choice(other[ref[0]]) + ref[1] + choose.choice(other[ref[2]])
    return choose.choice(other[ref])


@pytest.mark.parametrize("alternates", [1, 3])
def test_should_count_changes_as_bcftools_does_when_a_file_has_all_kinds(
    annotate: Annotate, bundle: Bundle, tmp_path: Path, alternates: int
) -> None:
    text = file_of(bundle, alternates=alternates, seed=17)
    expected = by_bcftools(text, tmp_path)

    summary = annotate(text).summary

    changes = {change: int(count) for change, count in expected["ST"] if int(count)}
    assert summary["base_changes"] == changes
    assert len(changes) == 12
    [[ts, tv, *_]] = expected["TSTV"]
    assert _ti_tv(summary["base_changes"]) == (int(ts), int(tv))
    assert summary["variant_classes"]["SNV"] == sum(changes.values())
    assert summary["indel_lengths"] == {row[0]: int(row[1]) for row in expected["IDD"]}
    assert {"-60", "60"} < set(summary["indel_lengths"])


def _ti_tv(changes: dict[str, int]) -> tuple[int, int]:
    transitions = sum(changes[each] for each in ("A>G", "G>A", "C>T", "T>C"))
    return transitions, sum(changes.values()) - transitions


def test_should_class_records_as_bcftools_does_when_each_has_one_allele(
    annotate: Annotate, bundle: Bundle, tmp_path: Path
) -> None:
    text = file_of(bundle, alternates=1, seed=23)
    numbers = {key: int(value) for key, value in by_bcftools(text, tmp_path)["SN"]}

    classes = annotate(text).summary["variant_classes"]

    assert classes["SNV"] == numbers["number of SNPs:"]
    assert classes["substitution"] == numbers["number of MNPs:"] > 0
    assert classes["insertion"] + classes["deletion"] == numbers["number of indels:"]
    assert numbers["number of others:"] == 0


def test_should_count_samples_as_bcftools_does_when_records_have_one_allele(
    annotate: Annotate, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_counts, "COUNTED_AT_ONCE", 2_000)
    # Of changes of several bases it counts no zygosities.
    text = file_of(bundle, alternates=1, seed=29, several=0)
    expected = by_bcftools(text, tmp_path)

    samples = annotate(text).summary["samples"]

    # PSC has the zygosities of SNPs, and PSI those of indels.
    for of_snps, of_indels in zip(expected["PSC"], expected["PSI"], strict=True):
        name, _, homozygous, het, ts, tv, *_, missing = of_snps
        inserted_het, deleted_het, inserted_hom, deleted_hom = map(int, of_indels[-4:])
        assert samples["zygosity"][name]["het"] == int(het) + inserted_het + deleted_het
        assert samples["zygosity"][name]["hom"] == int(homozygous) + inserted_hom + deleted_hom
        assert samples["zygosity"][name]["missing"] == int(missing)
        assert samples["transitions"][name] == int(ts)
        assert samples["transversions"][name] == int(tv)
        assert int(ts) > 100


def test_should_differ_from_bcftools_in_what_the_docs_say(
    annotate: Annotate, bundle: Bundle, tmp_path: Path
) -> None:
    """It calls a padded change of one base a SNP, and counts 1/2 once and not once an allele."""
    pair = bundle.fasta.bases("MT", 8992, 2).decode()
    assert pair[1] == "T"
    text = vcf(
        record(8992, pair, pair[0] + "G", rest="GT\t0/1\t0/0\t0/0"),
        record(9000, "A", "C,G", rest="GT\t1/2\t0/0\t0/0"),
        header=HEADER,
        samples=COLUMNS,
    )
    expected = by_bcftools(text, tmp_path)

    summary = annotate(text).summary

    assert ["number of SNPs:", "2"] in expected["SN"]
    assert summary["variant_classes"] == {"SNV": 2, "substitution": 1}
    assert expected["PSC"][0][3] == "2"
    assert summary["samples"]["zygosity"]["mother"] == {"het": 3}


def test_should_count_an_indel_as_coding_when_it_lies_in_a_coding_sequence(
    annotate: Annotate, bundle: Bundle
) -> None:
    coding, between = (bundle.fasta.bases("MT", at, 4).decode() for at in (8600, 16_100))
    lines = [
        record(8600, coding, coding[0]),
        record(8600, coding, coding[0]),
        record(8600, coding[0], coding[0] + "AC"),
        record(16_100, between, between[0]),
        record(8600, coding, "<DEL>"),
    ]

    summary = annotate(vcf(*lines)).summary

    assert summary["indel_lengths"] == {"-3": 3, "2": 1}
    assert summary["coding_indel_lengths"] == {"-3": 2, "2": 1}


def test_should_count_the_fractions_of_alleles_that_a_sample_has(annotate: Annotate) -> None:
    lines = [
        record(8993, "T", "G", rest="GT:AF\t0/1:0.5\t0/0:0.01\t1:1"),
        record(3243, "A", "G", rest="GT:AF\t0/1:0.049\t./.:0.3\t0/1:0.95"),
        record(3244, "G", "A", rest="GT\t0/1\t0/1\t0/9"),
    ]

    samples = annotate(vcf(*lines, samples=COLUMNS)).summary["samples"]

    assert samples["fractions"] == {
        "mother": [1, *[0] * 9, 1, *[0] * 9],
        "father": [0] * 20,
        "child": [*[0] * 19, 2],
    }
    assert samples["transitions"] == {"mother": 2, "father": 1, "child": 1}
    assert samples["transversions"] == {"mother": 1, "father": 0, "child": 1}
