"""Pasted lines become a VCF file: the page's own scripts, run by Node, on a real reference."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from runtime.common.reference import Reference
from runtime.vcf.fasta import Fasta
from runtime.vcf.genomic import describe
from runtime.web.extensions.assets import STATIC
from runtime.web.services.id_lists import id_lists
from tests.unit.node import run_by_node

PASTE = """
import { readFileSync } from "node:fs";
const folder = process.argv[1];
const { toVcf } = await import(`${folder}/paste.js`);
const { texts, references, files } = JSON.parse(readFileSync(0, "utf8"));
globalThis.fetch = async (address, { headers } = {}) => {
  const body = readFileSync(`${files}/${address.split("/").pop()}`);
  const [, first, last] = /bytes=(\\d+)-(\\d+)/.exec(headers?.Range ?? "") ?? [];
  if (first === undefined) return new Response(body);
  return new Response(body.subarray(Number(first), Number(last) + 1), { status: 206 });
};
const found = [];
for (const text of texts) found.push(await toVcf(text, references));
process.stdout.write(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def reference(bundle_folder: Path) -> Reference:
    return Reference.load(bundle_folder)


def pasted(reference: Reference, *texts: str, names: tuple[str, ...] = ("rcrs",)) -> list[Any]:
    """What the page makes of texts, where it offers the reference under these names."""
    facts = reference.manifest.model_dump(include={"assembly", "fasta", "contigs"})
    ids = [each._asdict() for each in id_lists(reference)]
    given = {
        "texts": texts,
        "references": [{**facts, "name": name, "ids": ids} for name in names],
        "files": str(reference.folder),
    }
    found: list[Any] = run_by_node(PASTE, str(STATIC / "js" / "upload"), given=given)
    return found


def rows_of(found: dict[str, Any]) -> list[str]:
    assert found["problems"] == []
    lines = found["text"].splitlines()
    return [" ".join(line.split("\t")[:5]) for line in lines if not line.startswith("#")]


ROWS = {
    "m.3243A>G": ["MT 3243 m.3243A>G A G"],
    " NC_012920.1:m.3243a>g ": ["MT 3243 NC_012920.1:m.3243a>g A G"],
    "chrM:g.3243A>G": ["MT 3243 chrM:g.3243A>G A G"],
    "m.8281_8289del": ["MT 8280 m.8281_8289del ACCCCCTCTA A"],
    "m.1del": ["MT 1 m.1del GA A"],
    "m.315dup": ["MT 315 m.315dup C CC"],
    "m.315_316insC": ["MT 315 m.315_316insC C CC"],
    "m.3243_3244delinsTT": ["MT 3243 m.3243_3244delinsTT AG TT"],
    "rs199476112": ["MT 11778 rs199476112 G A"],
    "rs199476112\nm.73A>G": ["MT 73 m.73A>G A G", "MT 11778 rs199476112 G A"],
    "MT 73 A G": ["MT 73 . A G"],
    "MT\t73\tx\tA\tG\t50\tPASS\t.\n\nm.3243A>G": ["MT 73 x A G", "MT 3243 m.3243A>G A G"],
}

PROBLEMS = {
    "m.73A>G\n\nm.3243C>G": "Line 3 (“m.3243C>G”): the reference has A at MT:3243, not C.",
    "MT-TL1:n.14A>G": "Line 1 (“MT-TL1:n.14A>G”): its position depends on a transcript",
    "NM_000059.4:c.1A>G": "its position depends on a transcript",
    "NP_1.1:p.Arg340His": "its position depends on a transcript",
    "g.73A>G": "it doesn't say on which contig",
    "chr1:g.73A>G": "rCRS has no chr1",
    "m.16570A>G": "MT has the positions 1 to 16,569",
    "m.0A>G": "MT has the positions 1 to 16,569",
    "m.16569_1insA": "it ends before it begins",
    "m.73_75insA": "an insertion names the two bases",
    "m.73A>A": "it changes nothing",
    "m.73inv": "this kind of change isn't read here",
    "m.8281_8282delGG": "the reference has CC at MT:8281, not GG",
    "rs1": "isn't in the list that this service has (332 dbSNP ids: a choice of known variants",
    "MT 73 A G\n11778 G A": "Line 2 (“11778 G A”): this is no line of a VCF file",
    "MT x . A G": "Line 1 (“MT x . A G”): POS is “x”, which is not a number.",
    "\n".join(["m.73A>G"] * 501): "Up to 500 names and ids can be looked up at a time",
}


def test_should_make_records_of_lines_names_and_ids(reference: Reference) -> None:
    found = pasted(reference, *ROWS)
    assert dict(zip(ROWS, map(rows_of, found), strict=True)) == ROWS


def test_should_name_the_line_as_it_was_pasted_when_it_can_not_be_taken(
    reference: Reference,
) -> None:
    for text, found in zip(PROBLEMS, pasted(reference, *PROBLEMS), strict=True):
        assert "text" not in found, text
        assert PROBLEMS[text] in " ".join(found["problems"])


def test_should_ask_for_the_accession_when_a_name_fits_several_references(
    reference: Reference,
) -> None:
    texts = ("chrM:g.73A>G", "NC_012920.1:g.73A>G", "m.73A>G")
    several, *clear = pasted(reference, *texts, names=("rcrs", "other"))
    assert "Write accessions" in several["problems"][0]
    assert all(each["problems"] == [] for each in clear)


def test_should_not_look_ids_up_in_a_list_that_is_too_long(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.id_lists.MOST_RECORDS", 331)
    assert id_lists(reference) == []
    [found] = pasted(reference, "rs199476112")
    assert "rs ids can't be looked up in rCRS here" in found["problems"][0]


def test_should_mean_the_same_change_as_the_annotators_own_names(reference: Reference) -> None:
    """HGVS names of alleles that MITOMAP lists, made by the annotator's code, and read back."""
    fasta = Fasta(reference.folder / "genome.fa")
    sequence = fasta.bases("MT", 1, 16_569).decode()

    def bases(first: int, count: int) -> str:
        return sequence[first - 1 : first - 1 + count] if first > 0 else ""

    def changed(position: int, ref: str, alt: str) -> str:
        assert bases(position, len(ref)) == ref
        return sequence[: position - 1] + alt + sequence[position - 1 + len(ref) :]

    names: dict[str, str] = {}
    with gzip.open(reference.folder / "genbank.vcf.gz", "rt") as track:
        rows = [line.split("\t")[:5] for line in track if not line.startswith("#")]
    indels = [row for row in rows if len(row[3]) != len(row[4])]
    for _, position, _, ref, alt in [*rows[::200], *indels[::4]]:
        name = describe(int(position), ref, alt, bases)
        if name and not name.endswith("inv"):
            names[f"m.{name}"] = changed(int(position), ref, alt)
    batches = [list(names)[at : at + 400] for at in range(0, len(names), 400)]
    read = [
        row.split()
        for found in pasted(reference, *map("\n".join, batches))
        for row in rows_of(found)
    ]
    assert len(read) == len(names) > 400
    assert {row[2]: changed(int(row[1]), row[3], row[4]) for row in read} == names
