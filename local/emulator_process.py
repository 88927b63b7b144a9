"""AWS itself, as the PyPI package `ministack` plays it: the process that `local/emulator.py` runs.

ministack writes its state as it ends. This wrapper notes that it did, in the file named by its one
argument; a state without that note is half a state, and is not used again.
"""

import sys
from pathlib import Path

from ministack.app import main  # type: ignore[import-untyped]


def run(note: Path) -> None:
    """Serve until SIGTERM, then write the note."""
    # ministack reads its own options from the command line.
    sys.argv = sys.argv[:1]
    main()
    note.write_text("The emulator ended in order; its state is whole.\n")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
