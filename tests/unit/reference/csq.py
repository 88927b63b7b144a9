"""Runs `bcftools csq` on single-base changes with a bundle's own options, and reads its answer."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# csq's short names (`csq_strings` in bcftools' csq.c) that are no Sequence Ontology terms yet.
_ONTOLOGY = {
    "3_prime_utr": "3_prime_UTR_variant",
    "intron": "intron_variant",
    "missense": "missense_variant",
    "non_coding": "non_coding_transcript_variant",
    "start_retained": "start_retained_variant",
    "stop_retained": "stop_retained_variant",
    "synonymous": "synonymous_variant",
}


@dataclass(frozen=True)
class Call:
    """One consequence of one allele; `amino_acids` is like `52A>52T`, or empty."""

    pos: int
    alt: str
    gene: str
    terms: frozenset[str]
    amino_acids: str


def call_consequences(
    bundle: Path, alleles: Iterable[tuple[int, str, str]], scratch: Path, *, contig_name: str = "MT"
) -> dict[tuple[int, str, str], Call]:
    """What csq says of alleles (position, REF, ALT), by position, ALT and gene."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    contig = next(each for each in manifest["contigs"] if each["name"] == contig_name)
    plain, annotated = scratch / "changes.vcf", scratch / "annotated.vcf"
    lines = [
        "##fileformat=VCFv4.2",
        f"##contig=<ID={contig['name']},length={contig['length']}>",
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
        *(f"{contig['name']}\t{p}\t.\t{ref}\t{alt}\t.\t.\t." for p, ref, alt in sorted(alleles)),
    ]
    plain.write_text("\n".join([*lines, ""]))
    _run_csq(
        *("--local-csq", "--genetic-code", str(contig["genetic_code"])),
        *("--fasta-ref", bundle / manifest["fasta"]),
        *("--gff-annot", bundle / manifest["csq_genes"]),
        *("--output", annotated, plain),
    )
    records = (line.split("\t") for line in annotated.read_text().splitlines() if line[0] != "#")
    calls = [call for record in records for call in _calls(record)]
    return {(call.pos, call.alt, call.gene): call for call in calls}


def _run_csq(*arguments: str | Path) -> None:
    """A process a run: in one process, csq takes a second file for the continuation of the first
    and finds it unsorted.
    """
    code = "import sys, pysam.bcftools as b; b.csq(*sys.argv[1:], catch_stdout=False)"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _calls(record: list[str]) -> list[Call]:
    pos, alt, info = int(record[1]), record[4], record[7]
    if not info.startswith("BCSQ="):
        return []
    entries = [entry.split("|") for entry in info.removeprefix("BCSQ=").split(",")]
    return [
        Call(
            pos=pos,
            alt=alt,
            gene=entry[1],
            terms=frozenset(_ONTOLOGY.get(name, name) for name in entry[0].split("&")),
            amino_acids=entry[5] if len(entry) > 5 else "",
        )
        for entry in entries
    ]
