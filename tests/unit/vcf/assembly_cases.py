"""The table of cases for the rules by which a file's assembly is found, in Python and on the page.

A case has the lines of a VCF, the references that are offered, and the one that is `chosen`: the
person's choice, or else the one that fits best, or else the first. `complete` says whether the
lines are the whole file; `agreements` are references with the REF alleles that agree, of those
compared. `file` names the file of ../shared/data/field that has the same lines.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runtime.vcf.assemblies import assembly_facts
from runtime.vcf.assembly import Detection, detect
from runtime.vcf.assembly_words import contradiction, disagreement, odd_contigs
from runtime.vcf.file_facts import read_facts
from runtime.vcf.ref_alleles import Agreement
from runtime.vcf.reference_choice import choose

TABLE = Path(__file__).with_name("assembly-cases.json")
CASES: list[dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Contig:
    """A contig of a reference."""

    name: str
    aliases: list[str]
    length: int
    accession: str | None = None


@dataclass(frozen=True)
class Reference:
    """A reference that is offered."""

    name: str
    assembly: str
    contigs: list[Contig]


def _offered(name: str, assembly: str) -> Reference:
    """A reference with all chromosomes of a known assembly."""
    known = {each["name"]: each for each in assembly_facts()["assemblies"]}
    contigs = [
        Contig(key, ["chrM" if key == "MT" else f"chr{key}", accession], length, accession)
        for key, (length, accession) in known[assembly]["sequences"].items()
    ]
    return Reference(name, assembly, contigs)


REFERENCES = {
    "rcrs": Reference("rcrs", "rCRS", [Contig("MT", ["chrM", "M", "NC_012920.1"], 16569)]),
    "grch38": _offered("grch38", "GRCh38"),
    "grch37": _offered("grch37", "GRCh37"),
    "chr9": Reference("chr9", "GRCh38.p14", [Contig("9", ["chr9"], 1_000_000)]),
    "yeast": Reference("yeast", "R64-1-1", [Contig("I", ["chrI"], 230218)]),
}


def offered_in(case: dict[str, Any]) -> list[Reference]:
    """The references that a case offers."""
    return [REFERENCES[name] for name in case["offered"]]


def chosen_in(case: dict[str, Any], detection: Detection) -> str:
    """The reference that counts in a case."""
    return str(case["chosen"] or [*detection.fits, *case["offered"]][0])


def found_in(case: dict[str, Any]) -> dict[str, Any]:
    """What the rules make of a case, as the table has it."""
    lines = case["vcf"]
    header = [line for line in lines if line.startswith("##")]
    seen = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    facts, offered = read_facts(header, seen), offered_in(case)
    detection = detect(facts, offered)
    chosen = chosen_in(case, detection)
    reference = next(each for each in offered if each.name == chosen)
    return {
        "assembly": detection.assembly,
        "evidence": [f"{each.words}: {each.assembly.title}" for each in detection.evidence],
        "fits": list(detection.fits),
        "verdict": str(detection.verdict),
        "others": {name: list(names) for name, names in detection.others.items() if names},
        "contradiction": contradiction(facts, detection, offered, chosen),
        "odd": odd_contigs(facts, detection, reference),
        "disagreement": disagreement(detection),
        "choice": asdict(
            choose(
                facts,
                offered,
                case["chosen"] or "",
                complete=case["complete"],
                agreements=[Agreement(**each) for each in agreements_in(case)],
            )
        ),
    }


def agreements_in(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What comparing REF alleles found in a case."""
    return [
        {
            "reference": name,
            "assembly": REFERENCES[name].assembly,
            "agreeing": agreeing,
            "compared": compared,
        }
        for name, agreeing, compared in case["agreements"]
    ]


def as_json(offered: list[Reference]) -> list[dict[str, Any]]:
    """References as the upload page gets them."""
    return [asdict(each) for each in offered]
