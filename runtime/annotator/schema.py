"""Columns of variants.parquet: the same, in the same order, whatever the file."""

import pyarrow as pa

from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import PREDICTIONS

FREQUENCY = "allele_frequency"

COUNTS = ("sample_AN", "sample_AC", "sample_nhomalt")
"""Counts over the samples of the file, see allele_counts; null in a file without genotypes."""

_ALLELE: dict[str, pa.DataType] = {
    "record": pa.int64(),  # counts the file's records from 1
    "variant": pa.int64(),  # counts the table's alleles from 1; the table of genotypes has it too
    "contig": pa.string(),  # the bundle's name, where it has the contig
    "position": pa.int64(),
    "id": pa.string(),
    "ref": pa.string(),
    "alt": pa.string(),
    "allele": pa.int32(),  # its place in ALT, from 1
    "quality": pa.float64(),
    "filter": pa.string(),
    FREQUENCY: pa.float64(),
    **dict.fromkeys(COUNTS, pa.int32()),
    "not_annotated": pa.string(),  # why, or null
}

_EFFECT: dict[str, pa.DataType] = {
    "Consequence": pa.string(),
    "IMPACT": pa.string(),
    "SYMBOL": pa.string(),
    "Gene": pa.string(),
    "Feature_type": pa.string(),
    "Feature": pa.string(),
    "BIOTYPE": pa.string(),
    "EXON": pa.string(),
    "INTRON": pa.string(),
    "HGVSg": pa.string(),
    "HGVSc": pa.string(),
    "HGVSp": pa.string(),
    "cDNA_position": pa.string(),
    "CDS_position": pa.string(),
    "Protein_position": pa.string(),
    "protein_start": pa.int32(),  # the first number of Protein_position
    "Amino_acids": pa.string(),
    "Codons": pa.string(),
    "STRAND": pa.int8(),
    "FLAGS": pa.string(),
    "VARIANT_CLASS": pa.string(),
    "SYMBOL_SOURCE": pa.string(),
    "HGNC_ID": pa.string(),
    "CANONICAL": pa.bool_(),
    "MANE_SELECT": pa.string(),
    "MANE_PLUS_CLINICAL": pa.string(),
    "TSL": pa.int8(),
    "APPRIS": pa.string(),
    "CCDS": pa.string(),
    "ENSP": pa.string(),
    "SIFT": pa.string(),
    "PolyPhen": pa.string(),
    "PICK": pa.bool_(),
    "most_severe": pa.bool_(),  # no effect of the allele is more severe
    "most_severe_consequence": pa.string(),  # the worst term of all effects of the allele
}


def schema(bundle: Bundle) -> pa.Schema:
    """Return the columns of the table; those of the bundle's tracks come last."""
    left_out = () if bundle.predictions else PREDICTIONS
    effect = {name: kind for name, kind in _EFFECT.items() if name not in left_out}
    types = _ALLELE | effect | {field.column: pa.string() for field in bundle.fields}
    return pa.schema(list(types.items()))
