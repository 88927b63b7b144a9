"""What the upload page makes of a file, held against what the annotator makes of it.

The page must stop nothing that the annotator takes, and should stop all that it is certain to
refuse. Whether REF fits the reference is the annotator's alone to see, and left out here.
"""

import gzip
from pathlib import Path

import pytest

from runtime.annotator import check, gate
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.errors import JobFailed
from runtime.annotator.limits import Limits
from runtime.common.keys import EXTENSIONS
from runtime.vcf.assemblies import assembly_facts
from runtime.web.extensions.assets import STATIC
from tests.shared_data import shared_data
from tests.unit.node import run_by_node

LOOK = """
import { readFileSync } from "node:fs";
const folder = process.argv[1];
const { look } = await import(`${folder}/look.js`);
const { knownAssemblies } = await import(`${folder}/assemblies.js`);
const { files, rules, assemblies } = JSON.parse(readFileSync(0, "utf8"));
rules.known = knownAssemblies(assemblies);
const seen = [];
for (const path of files) {
  const file = new File([readFileSync(path)], path.split("/").pop());
  const { stop, decide } = await look(file, rules);
  const verdict = decide?.("");
  seen.push(stop || (verdict?.level === "stop" && verdict.text));
}
process.stdout.write(JSON.stringify(seen));
"""
VERSION = b"##fileformat=VCFv4.2\n"
COLUMNS = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
RECORD = b"MT\t73\t.\tA\tG\t.\t.\t.\n"
SOUND = VERSION + COLUMNS + RECORD

TAKEN = {
    "sound": SOUND,
    "crlf": SOUND.replace(b"\n", b"\r\n"),
    "byte order mark": b"\xef\xbb\xbf" + SOUND,
    "no newline at the end": SOUND.rstrip(),
    "blank lines between records": SOUND + b"\n\n" + RECORD,
    "VCF 3.3": SOUND.replace(b"##fileformat=VCFv4.2", b"##format=VCFv3.3"),
    "odd first line": SOUND.replace(b"##fileformat=VCFv4.2", b"##FileFormat= VCF4.1 "),
    "an alias": SOUND.replace(b"MT", b"chrM"),
    "samples": (VERSION + COLUMNS.rstrip() + b"\tFORMAT\tNA1\n" + RECORD.rstrip() + b"\tGT\t0/1\n"),
    "gzip": gzip.compress(SOUND),
}
REFUSED = {
    "empty": b"",
    "version 9": SOUND.replace(b"VCFv4.2", b"VCFv9.2"),
    "more in the first line": SOUND.replace(b"VCFv4.2", b"VCFv4.2 draft"),
    "another contig": SOUND.replace(b"MT", b"7"),
    "the chrM of hg19": SOUND.replace(b"\n", b"\n##contig=<ID=MT,length=16571>\n", 1),
    "the chrM of T2T": SOUND.replace(b"\n", b"\n##reference=chm13v2.0.fa\n", 1),
    "no records": VERSION + COLUMNS,
    "no header": VERSION + RECORD,
    "blank line in the header": VERSION + b"\n" + COLUMNS + RECORD,
    "spaces": SOUND.replace(b"\t", b" "),
    "a column too few": SOUND + RECORD.replace(b"\t.\n", b"\n"),
    "a column too many": SOUND + RECORD.replace(b"\n", b"\t.\n"),
    "joined files": SOUND + SOUND,
    "no position": SOUND.replace(b"73", b"."),
    "a negative position": SOUND.replace(b"73", b"-73"),
    "a huge position": SOUND.replace(b"73", b"12345678901"),
    "old line ends": SOUND.replace(b"\n", b"\r"),
    "bcf in gzip": gzip.compress(b"BCF\x02\x02"),
    "pdf": b"%PDF-1.7",
}


@pytest.fixture(scope="module")
def bundle(files: Path) -> Bundle:
    return load(files / "rcrs")


def stopped(paths: list[Path], bundle: Bundle) -> list[bool]:
    """Whether the page stops each of the files: its own scripts, run by Node."""
    reference = bundle.manifest.model_dump(include={"name", "version", "assembly", "contigs"})
    rules = {"extensions": EXTENSIONS, "limit": 1e9, "most": 1e9, "mostDecompressed": 1e9}
    asked = {
        "files": list(map(str, paths)),
        "rules": {**rules, "references": [reference]},
        "assemblies": assembly_facts(),
    }
    return [bool(stop) for stop in run_by_node(LOOK, str(STATIC / "js" / "upload"), given=asked)]


def refused(path: Path, bundle: Bundle) -> bool:
    """Whether the annotator refuses a file, whatever its REFs."""
    sites = path.with_suffix(".sites")
    sites.mkdir()
    try:
        check.check(path, sites, bundle, limits=Limits(), report_progress=lambda _share: None)
    except JobFailed:
        return True
    return False


def on_mt(original: bytes) -> bytes:
    """The same file with its records on the contig that the bundle has."""
    lines = original.split(b"\n")
    return b"\n".join(
        b"MT\t" + line.partition(b"\t")[2] if b"\t" in line and line[:1] not in b"#\t" else line
        for line in lines
    )


def write(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    paths = [folder / f"{number}.vcf" for number in range(len(contents))]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    return paths


@pytest.fixture(autouse=True)
def _any_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_CONTRADICTIONS", 1.0)
    monkeypatch.setattr(gate, "MAX_OF_FEW", 1.0)


def test_should_stop_what_the_annotator_refuses_when_it_can_be_seen(
    bundle: Bundle, tmp_path: Path
) -> None:
    contents = TAKEN | REFUSED
    paths = write(tmp_path, contents)
    wanted = {name: name in REFUSED for name in contents}
    assert dict(zip(contents, (refused(path, bundle) for path in paths), strict=True)) == wanted
    assert dict(zip(contents, stopped(paths, bundle), strict=True)) == wanted


def test_should_agree_with_the_annotator_when_files_are_real(
    bundle: Bundle, tmp_path: Path
) -> None:
    found = sorted(shared_data().rglob("*.vcf"))
    contents = {str(path): on_mt(path.read_bytes()) for path in found}
    paths = write(tmp_path, contents)
    said = [refused(path, bundle) for path in paths]
    assert 0 < sum(said) < len(said)
    assert dict(zip(contents, stopped(paths, bundle), strict=True)) == dict(
        zip(contents, said, strict=True)
    )
