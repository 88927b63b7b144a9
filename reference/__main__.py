"""`python -m reference --out DIR`: builds the reference bundle `rcrs`."""

import argparse
import sys
from pathlib import Path

from reference.build import build
from reference.facts import FactError


def main() -> int:
    """Builds into the folder named; 1 and a sentence on standard error where that fails."""
    parser = argparse.ArgumentParser(
        prog="python -m reference",
        description="Build the reference bundle rcrs (human mitochondrial genome) from the facts "
        "in reference/data.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder to write the bundle into; an earlier bundle there is replaced",
    )
    out: Path = parser.parse_args().out
    try:
        build(out)
    except (FactError, OSError) as error:
        sys.stderr.write(f"reference: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
