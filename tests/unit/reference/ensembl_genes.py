"""Genes of a VEP cache as Ensembl publishes it, with invented matrices of SIFT and PolyPhen."""

import gzip
import json
import random
import struct
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from reference.build import Built, build
from reference.progress import SILENT
from reference.recipes.ensembl_cache import converted_cache
from tests.genome.bundle import write_sources
from tests.genome.models import Model, genome
from tests.unit.reference.ensembl_caches import write_ensembl_cache

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
_NONE = 0xFFFF
_WORDS = {
    "sift": (
        *("tolerated", "deleterious"),
        *("tolerated_low_confidence", "deleterious_low_confidence"),
    ),
    "polyphen_humvar": ("probably_damaging", "possibly_damaging", "benign", "unknown"),
}
_SCRIPT = Path(__file__).with_name("storable.pl")
_REGION = "1/1-1000000.gz"


def proteins(bundle: Path) -> dict[str, str]:
    """The protein of each coding transcript of contig 1."""
    table = pl.read_parquet(bundle / "vep/transcript/*.parquet").filter(pl.col("chrom") == "1")
    rows = table.select("stable_id", "peptide_seq").drop_nulls()
    return dict(rows.iter_rows())


def build_predicted(folder: Path, given: dict[str, str]) -> Built:
    """Build the bundle of the invented genome with predictions for these proteins."""
    cache = write_ensembl_cache(folder / "homo_sapiens/116_GRCh38")
    write_genes(cache, given)
    kept = converted_cache(cache, folder / "kept", SILENT)
    options = replace(write_sources(folder), tracks=(), vep_cache=kept)
    return build(options, folder / "bundle", SILENT)


def write_genes(folder: Path, given: dict[str, str]) -> None:
    """Write the transcripts of contig 1 that have a protein in `given` into an unpacked cache."""
    models = [model for model in genome().models if model.name in given]
    content = json.dumps({"1": [_transcript(model, given[model.name]) for model in models]})
    stored = subprocess.run(
        ["perl", str(_SCRIPT)],
        input=content.encode(),
        capture_output=True,
        check=True,
    )
    (folder / _REGION).write_bytes(gzip.compress(stored.stdout))


def said(protein: str, place: int, amino_acid: str, tool: str) -> str:
    """What the matrix of a protein says of a change at a place, from 1, as VEP writes it."""
    word, score = _drawn(protein, tool)[place - 1, amino_acid]
    return f"{_WORDS[tool][word]}({score / 1000:g})"


@cache
def _drawn(protein: str, tool: str) -> dict[tuple[int, str], tuple[int, int]]:
    """The number of the word, and 1,000 times the score, of each change."""
    drawn = random.Random(f"{tool} {protein}")
    step = 10 if tool == "sift" else 1
    return {
        (place, letter): (drawn.randrange(4), drawn.randrange(0, 1001, step))
        for place, residue in enumerate(protein)
        for letter in AMINO_ACIDS
        if letter != residue
    }


def _matrix(protein: str, tool: str) -> dict[str, Any]:
    """As Ensembl packs it: ensembl-variation, ProteinFunctionPredictionMatrix.pm."""
    changes = _drawn(protein, tool)
    values = [
        _NONE if found is None else found[0] << 14 | found[1]
        for place in range(len(protein))
        for letter in AMINO_ACIDS
        for found in [changes.get((place, letter))]
    ]
    packed = gzip.compress(b"VEP" + struct.pack(f"<{len(values)}H", *values))
    return {
        "class": "Bio::EnsEMBL::Variation::ProteinFunctionPredictionMatrix",
        "object": {"matrix": {"hex": packed.hex()}, "matrix_compressed": 1},
    }


def _transcript(model: Model, protein: str) -> dict[str, Any]:
    strand = 1 if model.strand == "+" else -1
    exons = [
        {
            "class": "Bio::EnsEMBL::Exon",
            "object": {"start": start, "end": end, "strand": strand, "stable_id": f"E{start}"}
            | {"phase": -1, "end_phase": -1},
        }
        for start, end in model.exons
    ]
    named = model.name.replace("ENST", "ENSP")
    return {
        "class": "Bio::EnsEMBL::Transcript",
        "object": {
            "stable_id": model.name,
            "version": 2,
            "start": model.start,
            "end": model.end,
            "strand": strand,
            "biotype": model.biotype,
            "_gene_stable_id": model.gene,
            "_trans_exon_array": exons[::strand],
            "translation": {
                "class": "Bio::EnsEMBL::Translation",
                "object": {"stable_id": named, "version": 4},
            },
            "_variation_effect_feature_cache": {
                "peptide": protein,
                "protein_function_predictions": {tool: _matrix(protein, tool) for tool in _WORDS},
            },
        },
    }
