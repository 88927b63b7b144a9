"""vepyr with a bundle's cache, against the oracle of the invented genome, base by base."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import vepyr

from runtime.annotator.bundle import Bundle, load
from tests.genome.models import GENETIC_CODES, LENGTHS, genome
from tests.genome.oracle import Change, changes

Site = tuple[str, int, str, str]
Answers = dict[tuple[str, int, str, str, str | None], dict[str, Any]]

_COLUMNS = ("Consequence", "Codons", "Amino_acids", "Protein_position", "FLAGS", "HGVSc", "HGVSp")


@pytest.fixture(scope="module")
def bundle(genome_bundle: Path) -> Bundle:
    return load(genome_bundle)


@pytest.fixture(scope="module")
def expected() -> list[Change]:
    models = (model for model in genome().models if model.genetic_code == 1)
    return [change for model in models for change in changes(model)]


@pytest.fixture(scope="module")
def answers(
    bundle: Bundle, expected: list[Change], tmp_path_factory: pytest.TempPathFactory
) -> Answers:
    sites = {(each.model.contig, each.position_on_contig, each.ref, each.alt) for each in expected}
    return annotate(bundle, sites, tmp_path_factory.mktemp("vepyr"))


def annotate(bundle: Bundle, sites: Iterable[Site], scratch: Path) -> Answers:
    """What vepyr says of sites, by contig, position, REF, ALT and transcript."""
    vcf = scratch / "sites.vcf"
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={each.name}>" for each in bundle.manifest.contigs]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    order = [each.name for each in bundle.manifest.contigs]
    for contig, at, ref, alt in sorted(sites, key=lambda site: (order.index(site[0]), *site[1:])):
        lines.append(f"{contig}\t{at}\t.\t{ref}\t{alt}\t.\t.\t.")
    vcf.write_text("\n".join([*lines, ""]))
    frame = vepyr.annotate(
        str(vcf),
        str(bundle.vep_cache_path),
        reference_fasta=str(bundle.link_vep_fasta(scratch)),
        distance=0,
        show_progress=False,
    )
    assert isinstance(frame, pl.LazyFrame)
    rows = frame.select("chrom", "start", "ref", "alt", "Feature", *_COLUMNS).collect()
    found: Answers = {}
    for chrom, start, ref, alt, features, *columns in rows.iter_rows():
        for place, feature in enumerate(features):
            values = (column[place] if isinstance(column, list) else column for column in columns)
            answer = dict(zip(_COLUMNS, values, strict=True))
            found[chrom, start, ref, alt, feature] = answer
    return found


def of(change: Change, answers: Answers) -> dict[str, Any]:
    site = change.model.contig, change.position_on_contig, change.ref, change.alt
    return answers[*site, change.model.name]


def terms_of(change: Change, answers: Answers) -> frozenset[str]:
    terms = frozenset(of(change, answers)["Consequence"].split("&"))
    if change.near_short_intron:
        return frozenset(term for term in terms if not term.startswith("splice_"))
    return terms


def is_known(change: Change) -> bool:
    """Whether vepyr can know: it reads no mark of a selenocysteine, and takes ATG for the start."""
    return not change.selenocysteine and not (change.first and change.model.start_codon != "ATG")


def test_should_agree_with_the_oracle_on_every_coding_base_when_vepyr_reads_the_cache(
    expected: list[Change], answers: Answers
) -> None:
    judged = [change for change in expected if is_known(change)]
    wrong = [
        (change, answer)
        for change in judged
        for answer in [of(change, answers)]
        if (terms_of(change, answers), answer["Codons"], answer["Amino_acids"])
        != (change.terms, change.codons, change.amino_acids)
        or answer["Protein_position"] != str(change.position)
    ]

    assert wrong == []
    assert len(judged) == 13_572


def test_should_flag_the_transcript_when_vepyr_is_wrong_about_a_codon(
    expected: list[Change], answers: Answers
) -> None:
    unknown = [change for change in expected if not is_known(change)]
    flags = {change.model.symbol: of(change, answers)["FLAGS"] for change in unknown}

    assert flags == {"SELENO": "selenocysteine", "CUG": "non_ATG_start"}
    assert len(unknown) == 18


def test_should_name_protein_changes_when_a_transcript_has_them(
    expected: list[Change], answers: Answers
) -> None:
    missense = [change for change in expected if "missense_variant" in change.terms]

    for change in missense:
        if is_known(change):
            answer = of(change, answers)
            protein = change.model.name.replace("ENST", "ENSP")
            assert answer["HGVSp"].startswith(f"{protein}.4:p."), change
            assert answer["HGVSc"].startswith(f"{change.model.name}.2:c."), change


def test_should_return_a_site_when_its_contig_has_no_genes(bundle: Bundle, tmp_path: Path) -> None:
    standard = [name for name, code in GENETIC_CODES.items() if code == 1]
    sites = {
        (name, at, ref, "ACGT".replace(ref, "")[0])
        for name in standard
        for at in (450, LENGTHS[name])
        for ref in [genome().base(name, at)]
    }

    answers = annotate(bundle, sites, tmp_path)

    assert {key[:4] for key in answers} == sites
    intergenic = {key[0] for key, answer in answers.items() if key[4] is None}
    assert "empty.1" in intergenic
