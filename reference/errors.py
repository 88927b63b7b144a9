"""What is wrong with an input, said with its file, its line, and what to do."""

from pathlib import Path


class InputError(Exception):
    """A file or an option that a bundle can't be built from.

    Args:
        where: the file, or the option as it was given.
        message: what is wrong, and what to do.
        line: in the file, from 1.
    """

    def __init__(self, where: Path | str, message: str, line: int | None = None) -> None:
        place = str(where) if line is None else f"{where}, line {line}"
        super().__init__(f"{place}: {message}")
