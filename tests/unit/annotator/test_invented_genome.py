"""The whole path on the invented genome, of both genetic codes, against its oracle."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from runtime.annotator import vep_excerpt, vep_runs
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engine_process import Command, CommandRun
from runtime.annotator.errors import EngineFailed
from runtime.annotator.limits import Deadline, Limits
from tests.genome.models import LENGTHS, genome
from tests.genome.oracle import Change, changes
from tests.unit.annotator.results import Result, annotate_bytes
from tests.unit.annotator.vcfs import record, vcf

OUT = 4
"""The place of the table in a command of vepyr."""

Rows = dict[tuple[str, int, str, str], dict[str, Any]]
"""By contig, position, ALT and transcript."""


@pytest.fixture(scope="module")
def bundle(genome_bundle: Path) -> Bundle:
    return load(genome_bundle)


@pytest.fixture(scope="module")
def expected() -> list[Change]:
    return [change for model in genome().models for change in changes(model)]


@pytest.fixture
def annotate(bundle: Bundle, engines: EnginePool, tmp_path: Path) -> Callable[[str], Result]:
    return lambda content: annotate_bytes(
        content.encode(), "x.vcf", tmp_path, bundle=bundle, process=engines, limits=Limits()
    )


@pytest.fixture(scope="module")
def rows(
    bundle: Bundle,
    engines: EnginePool,
    expected: list[Change],
    tmp_path_factory: pytest.TempPathFactory,
) -> Rows:
    order = list(LENGTHS)
    sites = {(each.model.contig, each.position_on_contig, each.ref, each.alt) for each in expected}
    lines = [
        record(at, ref, alt, chrom=contig)
        for contig, at, ref, alt in sorted(sites, key=lambda site: (order.index(site[0]), site[1:]))
    ]
    result = annotate_bytes(
        vcf(*lines).encode(),
        "x.vcf",
        tmp_path_factory.mktemp("genome"),
        bundle=bundle,
        process=engines,
        limits=Limits(),
    )
    return {
        (row["contig"], row["position"], row["alt"], (row["Feature"] or "").split(".")[0]): row
        for row in result.rows
    }


def row_of(change: Change, rows: Rows) -> dict[str, Any]:
    model = change.model
    return rows[model.contig, change.position_on_contig, change.alt, model.name]


def flagged(change: Change) -> bool:
    """Whether vepyr can't know the codon, so that the transcript has a flag."""
    other_start = change.first and change.model.start_codon != "ATG"
    return change.model.genetic_code == 1 and (change.selenocysteine or other_start)


def test_should_agree_with_the_oracle_on_every_coding_base_of_both_codes(
    expected: list[Change], rows: Rows
) -> None:
    wrong = []
    for change in expected:
        row = row_of(change, rows)
        terms = frozenset(row["Consequence"].split("&"))
        if change.near_short_intron:
            terms = frozenset(term for term in terms if not term.startswith("splice_"))
        found = terms, row["Codons"], row["Amino_acids"], row["Protein_position"]
        wanted = change.terms, change.codons, change.amino_acids, str(change.position)
        if not flagged(change) and found != wanted:
            wrong.append((change, found))

    assert wrong == []
    assert {change.model.genetic_code for change in expected} == {1, 2}


def test_should_flag_what_an_engine_cannot_know(expected: list[Change], rows: Rows) -> None:
    flags = {row_of(change, rows)["FLAGS"] for change in expected if flagged(change)}

    assert flags == {"selenocysteine", "non_ATG_start"}


def test_should_flag_incomplete_models_and_count_them(
    annotate: Callable[[str], Result], expected: list[Change]
) -> None:
    change = next(each for each in expected if each.model.partial)

    result = annotate(
        vcf(record(change.position_on_contig, change.ref, change.alt, chrom=change.model.contig))
    )

    flags = {row["Feature"].split(".")[0]: row["FLAGS"] for row in result.rows}
    assert flags[change.model.name] == "cds_start_NF"
    assert result.summary["flags"]["cds_start_NF"] == 1
    (entry,) = [each for each in result.effects[0] if change.model.name in each["Feature"]]
    assert entry["FLAGS"] == "cds_start_NF"


def test_should_annotate_contigs_of_both_codes_in_one_file_in_its_own_order(
    annotate: Callable[[str], Result],
) -> None:
    places = [(name, 450) for name in reversed(LENGTHS)]
    lines = [
        record(at, base, "ACGT".replace(base, "")[0], chrom=name)
        for name, at in places
        for base in [genome().base(name, at)]
    ]

    result = annotate(vcf(*lines))

    assert [row[0].decode() for row in result.records] == [name for name, _ in places]
    assert all(result.effects)
    assert result.summary["alleles"]["annotated"] == len(places)


class WholeCachePool(EnginePool):
    """Engines whose vepyr reads the whole cache."""

    def run(self, command: Command) -> CommandRun:
        if command.words[0] == "vepyr":
            command = replace(command, words=[*command.words[:-1], "-"])
        return super().run(command)


@pytest.fixture
def spread(expected: list[Change]) -> str:
    """A VCF of changes in genes of the standard code, and of one between genes on each contig."""
    some = sorted(
        {
            (each.model.contig, each.position_on_contig, each.ref, each.alt)
            for each in expected[::60]
            if each.model.genetic_code == 1
        }
    )
    between = [(name, 450, genome().base(name, 450), "N") for name in LENGTHS]
    assert len(some) > 200
    return vcf(
        *(
            record(at, ref, alt if alt != "N" else "ACGT".replace(ref, "")[0], chrom=contig)
            for contig, at, ref, alt in [*some, *between]
        )
    )


def test_should_say_the_same_when_vepyr_reads_an_excerpt_of_its_cache(
    annotate: Callable[[str], Result], spread: str, bundle: Bundle, tmp_path: Path
) -> None:
    with WholeCachePool() as process:
        whole = annotate_bytes(
            spread.encode(), "x.vcf", tmp_path, bundle=bundle, process=process, limits=Limits()
        )

    assert annotate(spread).rows == whole.rows


def test_should_say_the_same_when_a_batch_takes_many_runs_of_several_engines(
    annotate: Callable[[str], Result],
    spread: str,
    bundle: Bundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = annotate(spread)
    monkeypatch.setattr(vep_runs, "MOST_TRANSCRIPTS", 4)
    monkeypatch.setattr(vep_runs, "LEAST_SITES", 20)

    with EnginePool(3) as several:
        many = annotate_bytes(
            spread.encode(), "x.vcf", tmp_path, bundle=bundle, process=several, limits=Limits()
        )

    assert many.lines == one.lines
    assert many.rows == one.rows


def test_should_find_no_effect_when_no_transcript_is_near(
    engines: EnginePool, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = genome().base("1", 450)
    sites = tmp_path / "sites.vcf"
    sites.write_text(vcf(record(450, base, "ACGT".replace(base, "")[0], chrom="1", identifier="7")))
    monkeypatch.setattr(vep_excerpt, "_MARGIN", 0)
    if bundle.vep_cache_path is None:
        raise ValueError("the genome has contigs of the standard code")

    cache = vep_excerpt.excerpt(bundle.vep_cache_path, sites, tmp_path / "cache")
    fasta = bundle.link_vep_fasta(tmp_path)
    engines.run(
        Command(
            words=["vepyr", *map(str, (sites, cache, fasta, tmp_path / "out.arrow")), "-"],
            folder=tmp_path,
            limits=Limits(),
            deadline=Deadline(60),
            check_cancelled=lambda: None,
        )
    )

    assert cache is not None
    rows = pl.read_ipc(tmp_path / "out.arrow", memory_map=False)
    assert rows.select("site", "Consequence", "Feature").rows() == [(7, "intergenic_variant", None)]


class LosingProcess(EnginePool):
    """An engine's process whose vepyr leaves a site out, as it does on a contig without a cache."""

    def run(self, command: Command) -> CommandRun:
        ran = super().run(command)
        if command.words[0] == "vepyr":
            out = command.words[OUT]
            rows = pl.read_ipc(out, memory_map=False)
            rows.filter(pl.col("site") != 0).write_ipc(out)
        return ran


def test_should_fail_when_rows_vanish_in_the_engine(bundle: Bundle, tmp_path: Path) -> None:
    base = genome().base("1", 450)
    content = vcf(record(450, base, "ACGT".replace(base, "")[0], chrom="1")).encode()

    with LosingProcess() as process, pytest.raises(EngineFailed, match="for 0 of 1 allele"):
        annotate_bytes(content, "x.vcf", tmp_path, bundle=bundle, process=process, limits=Limits())
