"""SIFT and PolyPhen of a VEP cache, from Ensembl's files to a job's results."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from reference.build import Built
from runtime.annotator.bundle import load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from tests.genome.models import genome
from tests.genome.oracle import changes
from tests.unit.annotator.results import Result, annotate_bytes
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.reference.ensembl_genes import build_predicted, proteins, said

OTHER_PROTEIN, LEFT_OUT = "ENST00000000002", "ENST00000000003"
"""Transcripts whose protein in the cache is another one, and that the cache doesn't have."""

_NAMES = {"SIFT": "sift", "PolyPhen": "polyphen_humvar"}


@dataclass(frozen=True)
class Predicted:
    """A bundle with predictions, and a job that holds every base change of contig 1's genes."""

    built: Built
    proteins: dict[str, str]
    result: Result


@pytest.fixture(scope="module")
def predicted(
    genome_bundle: Path, engines: EnginePool, tmp_path_factory: pytest.TempPathFactory
) -> Predicted:
    folder = tmp_path_factory.mktemp("predicted")
    own = proteins(genome_bundle)
    given = {name: protein for name, protein in own.items() if name != LEFT_OUT}
    given[OTHER_PROTEIN] = given[OTHER_PROTEIN][:-1] + "W"
    built = build_predicted(folder, given)
    bundle = load(folder / "bundle")
    result = annotate_bytes(
        _every_change(), "x.vcf", folder, bundle=bundle, process=engines, limits=Limits()
    )
    return Predicted(built, own, result)


def _every_change() -> bytes:
    models = [model for model in genome().models if model.contig in ("1", "chrM")]
    sites = {
        (change.model.contig, change.position_on_contig, change.ref, change.alt)
        for model in models
        for change in changes(model)
    }
    return vcf(*(record(at, ref, alt, chrom=name) for name, at, ref, alt in sorted(sites))).encode()


def test_should_have_the_prediction_of_the_same_protein_when_an_amino_acid_is_changed(
    predicted: Predicted,
) -> None:
    judged = 0
    for entry in (entry for entries in predicted.result.effects for entry in entries):
        name, change = entry["Feature"].split(".")[0], entry["Amino_acids"]
        protein = predicted.proteins.get(name)
        single = len(change) == 3 and "*" not in change
        residue = single and protein and protein[int(entry["Protein_position"]) - 1]
        known = residue and residue == change[0] and name not in (OTHER_PROTEIN, LEFT_OUT)
        for field, tool in _NAMES.items():
            expected = ""
            if known and protein:
                expected = said(protein, int(entry["Protein_position"]), change[2], tool)
            assert entry[field] == expected, entry
        judged += bool(known)

    assert judged > 5_000


def test_should_have_the_same_in_parquet_when_csq_has_a_prediction(predicted: Predicted) -> None:
    in_csq = sorted(
        (entry["Feature"], entry["HGVSc"], entry["SIFT"], entry["PolyPhen"])
        for entries in predicted.result.effects
        for entry in entries
        if entry["SIFT"]
    )

    assert in_csq == sorted(
        (row["Feature"], row["HGVSc"], row["SIFT"], row["PolyPhen"])
        for row in predicted.result.rows
        if row["SIFT"]
    )


def test_should_say_what_was_left_out_and_which_release_it_is_when_a_cache_has_predictions(
    predicted: Predicted,
) -> None:
    manifest = predicted.built.manifest

    assert manifest.vep_cache
    assert manifest.vep_cache.predictions == "SIFT 6.2.1 and PolyPhen 2.2.3 of VEP cache 116"
    reason = (
        "transcripts' SIFT and PolyPhen in the VEP cache for proteins that the genes don't have"
    )
    assert manifest.left_out[reason] == 1
    engines = predicted.result.summary["engines"]
    assert [engine.get("predictions") for engine in engines] == [
        manifest.vep_cache.predictions,
        None,
    ]


def test_should_have_no_such_fields_when_the_bundle_has_no_predictions(
    genome_bundle: Path, engines: EnginePool, tmp_path: Path
) -> None:
    result = annotate_bytes(
        _every_change(),
        "x.vcf",
        tmp_path,
        bundle=load(genome_bundle),
        process=engines,
        limits=Limits(),
    )

    (line,) = [line for line in result.header if line.startswith(b"##INFO=<ID=CSQ,")]
    assert b"SIFT" not in line
    assert {"SIFT", "PolyPhen"}.isdisjoint(result.rows[0])
