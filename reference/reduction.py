"""Reduces a VCF to what a track takes from it: gnomAD's records have kilobytes of INFO."""

from collections.abc import Iterable

from reference.options import FieldOption

_ID, _QUAL, _FILTER, _INFO = 2, 5, 6, 7
# Header lines about columns that a track doesn't have.
_DROPPED = (b"##contig=", b"##FORMAT=", b"##FILTER=", b"##SAMPLE=", b"##PEDIGREE=", b"##ALT=")


class Reduction:
    """Keeps the fields of a track, and the header lines that describe them."""

    def __init__(self, fields: Iterable[FieldOption]) -> None:
        sources = {field.source for field in fields}
        self._keeps_id = "ID" in sources
        self._info = {source.removeprefix("INFO/").encode() for source in sources - {"ID"}}

    def keeps(self, line: bytes) -> bool:
        """Whether a header line (##...) is still needed."""
        if line.startswith(b"##INFO=<ID="):
            return line.removeprefix(b"##INFO=<ID=").partition(b",")[0] in self._info
        return not line.startswith(_DROPPED)

    def reduce(self, columns: list[bytes]) -> None:
        """Empty what isn't taken in the eight columns of a record, in place."""
        if not self._keeps_id:
            columns[_ID] = b"."
        columns[_QUAL] = columns[_FILTER] = b"."
        kept = [
            entry for entry in columns[_INFO].split(b";") if entry.partition(b"=")[0] in self._info
        ]
        columns[_INFO] = b";".join(kept) or b"."
