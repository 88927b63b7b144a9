"""What the upload page makes of a file, held against what the annotator makes of it.

The page must stop nothing that the annotator takes, and should stop all that it is certain to
refuse. Whether REF fits the reference is the annotator's alone to see, and left out here.
"""

import gzip
import zlib
from pathlib import Path

import pytest

from runtime.annotator import check, gate
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.errors import JobFailed
from runtime.annotator.limits import Limits
from runtime.common.keys import EXTENSIONS
from runtime.vcf.assemblies import assembly_facts
from runtime.vcf.bgzf import BGZF_EOF
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


def gzip_blocks(content: bytes) -> bytes:
    """BGZF without the block that ends a file."""
    packed = zlib.compressobj(wbits=-15)
    body = packed.compress(content) + packed.flush()
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0"
    size = (len(head) + 2 + len(body) + 8 - 1).to_bytes(2, "little")
    tail = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    return head + size + body + tail


VERSION = b"##fileformat=VCFv4.2\n"
COLUMNS = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
RECORD = b"MT\t73\t.\tA\tG\t.\t.\t.\n"
SOUND = VERSION + COLUMNS + RECORD

LONG = SOUND + b"".join(
    b"MT\t%d\t%d\tA\tG\t.\t.\t.\n" % (1 + n * 7919 % 16569, n * n) for n in range(90_000)
)
"""More than the page reads at first."""
GZIP = gzip.compress(LONG)

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
    "long gzip": GZIP,
    "long gzip in two parts": gzip.compress(LONG) + gzip.compress(RECORD),
    "bgzip": gzip_blocks(SOUND) + BGZF_EOF,
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
    "cut gzip": GZIP[:-9],
    "gzip cut in the middle": GZIP[: len(GZIP) // 2],
    "short gzip, cut": gzip.compress(SOUND)[:-4],
    "bgzip without its end": gzip_blocks(SOUND),
}


@pytest.fixture(scope="module")
def bundle(files: Path) -> Bundle:
    return load(files / "rcrs")


def reasons(paths: list[Path], bundle: Bundle, **sizes: float) -> list[str | bool]:
    """Why the page stops each of the files, False where it doesn't: its own scripts, run by Node.

    Args:
        paths: the files.
        bundle: the reference that is offered.
        sizes: take the place of unlimited ones.
    """
    reference = bundle.manifest.model_dump(include={"name", "version", "assembly", "contigs"})
    rules = {"extensions": EXTENSIONS, "limit": 1e9, "most": 1e9, "mostDecompressed": 1e9}
    asked = {
        "files": list(map(str, paths)),
        "rules": {**rules, **sizes, "references": [reference]},
        "assemblies": assembly_facts(),
    }
    seen: list[str | bool] = run_by_node(LOOK, str(STATIC / "js" / "upload"), given=asked)
    return seen


def stopped(paths: list[Path], bundle: Bundle) -> list[bool]:
    """Whether the page stops each of the files."""
    return [bool(reason) for reason in reasons(paths, bundle)]


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


def test_should_offer_no_plan_when_no_plan_takes_the_file(bundle: Bundle, tmp_path: Path) -> None:
    paths = write(tmp_path, REFUSED)
    said = reasons(paths, bundle, limit=1)
    assert dict(zip(REFUSED, ("Premium" in str(reason) for reason in said), strict=True)) == (
        dict.fromkeys(REFUSED, False)
    )


def test_should_name_what_can_be_remedied_last_when_a_file_has_several_faults(
    bundle: Bundle, tmp_path: Path
) -> None:
    (tmp_path / "calls.txt").write_bytes(SOUND)
    (tmp_path / "calls.vcf").write_bytes(SOUND)
    paths = [tmp_path / "calls.txt", tmp_path / "calls.vcf"]
    named, larger = reasons(paths, bundle, limit=1)
    assert "rename it so that it ends in .vcf" in str(named)
    assert "Premium 1 GB" in str(larger)
    _, inside = reasons(paths, bundle, limit=1, mostDecompressed=1)
    assert "Decompressed" in str(inside)
    _, most = reasons(paths, bundle, limit=1, most=1)
    assert "the limit is 1 byte" in str(most)
