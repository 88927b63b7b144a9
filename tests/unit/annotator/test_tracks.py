"""What tracks say of alleles: tracks as VCF and as BED, and alleles in any spelling."""

import itertools
import random
from pathlib import Path

import polars as pl
import pytest

from reference.options import ContigOptions, TrackOption, read_track
from runtime.annotator.batches import SITES
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from runtime.annotator.tracks import track_fields
from runtime.vcf import line_blocks
from tests.shared_data import shared_data
from tests.unit.annotator.results import annotate_bytes
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.reference.small import build_small
from tests.unit.vcf.spellings import Allele, changed

UNNUMBERED = (3243, "A", "T")
"""Known to be pathogenic, and without an id."""

MELAS, NARP, LEIGH = (3243, "A", "G"), (8993, "T", "G"), (8993, "T", "C")
GENES = (
    "9 gene 1 6 + . ID=gene:G",
    "9 ncRNA 1 6 + . ID=t;Parent=gene:G",
    "9 exon 1 6 + . Parent=t",
)


def fields_of(
    bundle: Bundle, alleles: list[Allele], contig: int = 0
) -> dict[int, dict[str, str | None]]:
    """What the tracks say of alleles on a contig, by their place in the list."""
    rows = [(site, contig, *allele) for site, allele in enumerate(alleles)]
    sites = pl.DataFrame(rows, schema=SITES, orient="row")
    found = track_fields(sites, bundle, lambda: None)
    return {row.pop("site"): row for row in found.to_dicts()}


def built(
    folder: Path, contigs: dict[str, str], *tracks: TrackOption, circular: str = ""
) -> Bundle:
    """A bundle of some sequences and tracks."""
    options = ContigOptions(circular=frozenset({circular} - {""}))
    small = build_small(folder, *GENES, contigs=contigs, tracks=tracks, options=options)
    return load(small.folder)


def vcf_track(folder: Path, records: list[str], fields: str = "ID") -> TrackOption:
    """Records are `contig position id REF ALT INFO`."""
    path = folder / "given.vcf"
    lines = [
        "##fileformat=VCFv4.2",
        '##INFO=<ID=AF,Number=A,Type=Float,Description="Frequency">',
        '##INFO=<ID=AD,Number=R,Type=Integer,Description="Counts">',
        '##INFO=<ID=DB,Number=0,Type=Flag,Description="In dbSNP">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    for each in records:
        contig, position, name, ref, alt, info = each.split(" ")
        lines.append("\t".join((contig, position, name, ref, alt, ".", ".", info)))
    path.write_text("\n".join([*lines, ""]))
    return read_track(f"known={path}:{fields}")


def test_should_tell_the_fields_of_a_known_allele_and_nothing_of_others(
    bundle: Bundle, tmp_path: Path
) -> None:
    found = fields_of(bundle, [MELAS, UNNUMBERED, NARP, (8993, "T", "A")])

    assert {site: fields["KNOWN_ID"] for site, fields in found.items()} == {
        0: "rs199474657",
        1: None,
        2: "rs199476133",
    }


def test_should_find_an_allele_when_ref_and_alt_end_with_the_same_bases(
    bundle: Bundle, tmp_path: Path
) -> None:
    found = fields_of(bundle, [NARP, (8993, "TG", "GG"), LEIGH])

    assert found[0]["KNOWN_ID"] == found[1]["KNOWN_ID"] == "rs199476133"
    assert set(found) == {0, 1, 2}


@pytest.mark.parametrize("seed", range(4))
def test_should_find_an_allele_when_and_only_when_a_record_makes_the_same_sequence(
    tmp_path: Path, seed: int
) -> None:
    """Every allele of up to 3 bases of a short sequence, against records in any spelling."""
    drawn = random.Random(seed)
    sequence = "".join(drawn.choices("AC", k=14))
    texts = ["".join(each) for size in (1, 2, 3) for each in itertools.product("AC", repeat=size)]
    every = [
        (first + 1, sequence[first : first + size], alt)
        for first in range(len(sequence))
        for size in (1, 2, 3)
        for alt in texts
        if first + size <= len(sequence) and sequence[first : first + size] != alt
    ]
    known = drawn.sample(every, 25)
    records = [
        f"9 {position} rs{at} {ref} {alt} ." for at, (position, ref, alt) in enumerate(known)
    ]
    first_of: dict[str, str] = {}
    for at, allele in enumerate(known):
        first_of.setdefault(changed(sequence, allele), f"rs{at}")
    bundle = built(tmp_path, {"9": sequence}, vcf_track(tmp_path, records))

    found = fields_of(bundle, every)

    expected = {
        site: {"KNOWN_ID": first_of[made]}
        for site, allele in enumerate(every)
        if (made := changed(sequence, allele)) in first_of
    }
    assert found == expected
    assert len(known) < len(expected) < len(every)


def alleles_of(path: Path) -> list[Allele]:
    """POS, REF and ALT of the records of a file."""
    lines = [line.split("\t") for line in path.read_text().splitlines() if line[0] != "#"]
    return [(int(columns[1]), columns[3], columns[4]) for columns in lines]


def grch38_piece(folder: Path, *records: str) -> Bundle:
    """9:1-1,000,000 of GRCh38 with a track of some records."""
    lines = (shared_data() / "grch38-chr9" / "chr9_1_1000000.fa").read_text().split("\n", 1)[1]
    return built(folder, {"9": lines.replace("\n", "")}, vcf_track(folder, [*records]))


@pytest.mark.parametrize("known", range(3))
def test_should_find_an_insertion_of_the_field_in_its_three_spellings(
    tmp_path: Path, known: int
) -> None:
    spellings = alleles_of(shared_data() / "field" / "chr9-three-spellings.vcf")
    position, ref, alt = spellings[known]
    bundle = grch38_piece(tmp_path, f"9 {position} one {ref} {alt} .")

    found = fields_of(bundle, spellings)

    assert found == {site: {"KNOWN_ID": "one"} for site in range(3)}


def test_should_take_the_allele_that_fits_when_a_track_has_every_kind_of_alt(
    tmp_path: Path,
) -> None:
    kinds = alleles_of(shared_data() / "field" / "chr9-kinds-of-alt.vcf")[:-1]
    records = [f"9 {position} at{position} {ref} {alt} ." for position, ref, alt in kinds]
    bundle = grch38_piece(tmp_path, *records)

    found = fields_of(bundle, [kind for kind in kinds if kind[2] in "ACGT"])

    assert found == {1: {"KNOWN_ID": "at414869"}}
    assert bundle.manifest.left_out == {
        "alleles of track known without bases as ALT": 8,
        # The genome has C at 414865.
        "alleles of track known whose REF contradicts the reference": 1,
    }


def test_should_find_an_allele_across_the_origin_when_a_contig_is_circular(tmp_path: Path) -> None:
    sequence = "GGATTACATTACAG"
    track = vcf_track(tmp_path, ["9 1 first GGA GA .", "8 1 linear GGA GA ."])
    bundle = built(tmp_path, {"9": sequence, "8": sequence}, track, circular="9")
    written = [(1, "GG", "G"), (2, "GA", "A"), (13, "AG", "A")]

    circular, linear = (fields_of(bundle, written, contig) for contig in (0, 1))

    assert circular == {site: {"KNOWN_ID": "first"} for site in range(3)}
    assert linear == {site: {"KNOWN_ID": "linear"} for site in range(2)}


def test_should_give_each_allele_its_own_part_of_a_value(tmp_path: Path) -> None:
    track = vcf_track(
        tmp_path,
        ["9 3 x A C,AC,* AF=0.1,0.2,0.3;AD=9,1,2,3;DB", "9 5 y G T AF=.;DBX"],
        "ID,INFO/AF,INFO/AD,INFO/DB",
    )
    bundle = built(tmp_path, {"9": "TTACGGTT"}, track)

    found = fields_of(bundle, [(3, "A", "C"), (3, "AC", "ACC"), (5, "G", "T")])

    tags = ("KNOWN_ID", "KNOWN_AF", "KNOWN_AD", "KNOWN_DB")
    assert [tuple(found[site][tag] for tag in tags) for site in range(3)] == [
        ("x", "0.1", "9,1", "1"),
        ("x", "0.2", "9,2", "1"),
        ("y", None, None, None),
    ]


def test_should_find_all_records_when_a_track_has_many_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = random.Random(1)
    contigs = {name: "".join(drawn.choices("ACGT", k=40_000)) for name in ("9", "8", "7")}
    records, sites = [], []
    for at, position in itertools.product(range(3), range(1, 40_000, 13)):
        name = [*contigs][at]
        ref = contigs[name][position - 1]
        alt = "ACGT".replace(ref, "")[position % 3]
        records.append(f"{name} {position} {name}_{position} {ref} {alt} .")
        sites.append((at, position, ref, alt, f"{name}_{position}"))
    drawn.shuffle(records)
    monkeypatch.setattr(line_blocks, "AT_ONCE", 2)
    bundle = built(tmp_path, contigs, vcf_track(tmp_path, records))
    rows = [(site, *each[:4]) for site, each in enumerate(sites)]

    found = track_fields(pl.DataFrame(rows, schema=SITES, orient="row"), bundle, lambda: None)

    assert found["KNOWN_ID"].to_list() == [each[4] for each in sites]
    assert len(pl.read_parquet(line_blocks.index_path(bundle.folder / "known.vcf.gz"))) > 6


REGIONS = """\
track name=x
# a note
chr9\t0\t2\tx\tstart
chr9\t5\t9\tx\tD6
chr9\t4\t9\tx\tD5
chr9\t5\t9\ty\tD6
chr9\t19\t20\tx\ta;b
"""


@pytest.mark.parametrize(
    ("allele", "expected"),
    [
        ((1, "T", "A"), "start"),
        ((3, "A", "C"), None),
        ((5, "G", "C"), "D5"),
        ((6, "G", "C"), "D5,D6"),
        ((9, "T", "A"), "D5,D6"),
        ((10, "T", "A"), None),
        # An insertion counts where a base beside it does, wherever in a repeat it is written.
        ((2, "T", "TG"), "start"),
        ((9, "T", "TC"), "D5,D6"),
        ((10, "T", "TC"), None),
        ((4, "C", "CG"), "D5"),
        ((6, "G", "GG"), "D5"),
        # Of a deletion the bases that it takes, the leftmost where they may be several.
        ((4, "CGG", "C"), "D5,D6"),
        ((6, "GT", "G"), "D5,D6"),
        ((5, "GG", "G"), "D5"),
        ((19, "GC", "G"), "a;b"),
    ],
)
def test_should_tell_the_regions_that_an_allele_lies_in(
    tmp_path: Path, allele: Allele, expected: str | None
) -> None:
    bed = tmp_path / "regions.bed"
    bed.write_text(REGIONS)
    track = read_track(f"regions={bed}:5=region")
    bundle = built(tmp_path, {"9": "TTACGGTATTCATGACACGC"}, track)

    found = fields_of(bundle, [allele])

    assert found == ({0: {"REGION": expected}} if expected else {})


def test_should_keep_info_whole_when_a_value_holds_what_separates_fields(
    tmp_path: Path, engines: EnginePool
) -> None:
    bed = tmp_path / "regions.bed"
    bed.write_text("9\t0\t9\ta;b=c,d\n")
    bundle = built(tmp_path, {"9": "TTACGGTATTCATGACACGC"}, read_track(f"r={bed}:4=region"))
    upload = vcf(record(3, "A", "G", chrom="9"))

    result = annotate_bytes(
        upload.encode(), "x.vcf", tmp_path, bundle=bundle, process=engines, limits=Limits()
    )

    assert result.infos[0]["REGION"] == "a%3Bb%3Dc%2Cd"
    assert result.rows[0]["region"] == "a;b=c,d"
