"""What a result holds: each field with its type, meaning and source.

`output_fields.toml` is the one list. The annotator makes its tables from it, and the documentation
and the pages describe them by it, so that no column is without a description.
`tests/unit/annotator/test_output_fields.py` compares the rest with what the annotator writes.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class OutputField(BaseModel):
    """A field; `type` is Arrow's, and None of a field that is in the VCF alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str
    meaning: str
    type: Literal["bool", "int8", "int32", "int64", "double", "string"] | None = None


class OutputFields(BaseModel):
    """All fields but those of a reference's tracks, by where they stand.

    Attributes:
        sources: whose a value is, by the key that fields name.
        allele: columns of the table of variants that are of an allele.
        effect: those that are of one of its effects. INFO/CSQ has most of them too.
        genotype: columns of the table of genotypes.
        csq: fields of INFO/CSQ that no table has.
        info: keys of INFO.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, str]
    allele: tuple[OutputField, ...]
    effect: tuple[OutputField, ...]
    genotype: tuple[OutputField, ...]
    csq: tuple[OutputField, ...]
    info: tuple[OutputField, ...]


@cache
def output_fields() -> OutputFields:
    """Read the list, once."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return OutputFields.model_validate(found)


def field_meanings(fields: Iterable[OutputField]) -> dict[str, str]:
    """Return the meanings of fields by name, in order."""
    return {field.name: field.meaning for field in fields}


SUMMARY_KEYS = {
    "format": "version of this form",
    "service": "version of the service",
    "input": "the uploaded file: SHA-256, size in bytes, compression, VCF version, assembly",
    "bundle": "the reference: name, version, assembly, and its lists with source, date, licence",
    "engines": "the programs that determined the effects, with version and rules",
    "warnings": "sentences on what may need attention",
    "commands": "lines for a shell that annotate the same file in the same way",
    "tags": "names of the INFO fields that were added",
    "samples": "samples (total), why there is no table of genotypes (no_genotypes); of each sample "
    "its alleles by zygosity, transitions, transversions, and the fractions of its reads",
    "records": "records: total, reference blocks, on known contigs, with another REF",
    "alleles": "ALT alleles: total, annotated, not annotated",
    "effects": "rows of effects",
    "consequences": "alleles by term",
    "impacts": "alleles by impact",
    "variant_classes": "alleles by class",
    "genes": "alleles by gene",
    "flags": "alleles by flag of a transcript",
    "contigs": "records by contig",
    "fields": "alleles for which a list has a value, by column",
    "positions": "annotated alleles by contig, impact and bin of bin_bases, from 0",
    "pathogenic": "alleles that a list rates as pathogenic: how many, by value and place, "
    "with examples; null where no list rates",
    "base_changes": "alleles by change of a base, such as A>G",
    "indel_lengths": "alleles by length of the indel: bases of ALT minus those of REF",
    "coding_indel_lengths": "the same of indels in the coding sequence of a transcript",
    "field_values": "alleles by value, of columns with few values",
    "not_annotated": "alleles that aren't annotated, by reason",
    "problems": "examples of these, with their line in the upload",
    "index": "whether the VCF has an index, and if not, why",
}
"""Keys at the top of summary.json. Counts are numbers; the largest comes first."""
