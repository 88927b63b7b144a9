"""What the engine gets: each distinct allele once, one a row, in the bundle's own contig names."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Self

from runtime.common.manifest import Contig
from runtime.vcf.padding import unpadded

COLUMNS = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


class SitesWriter:
    """Writes a sites-only VCF of single-allele rows; upper case, without padding, and
    without doubles at a position.

    Positions may come in any order; `sorted` tells whether they came so that each contig is in
    one piece and ascends, which is what the engine wants.

    Attributes:
        count: rows written.
        sorted: whether the rows are in order.
    """

    def __init__(self, path: Path, contigs: Iterable[Contig]) -> None:
        self._file: BinaryIO = path.open("wb")
        self._rows: list[bytes] = [b"##fileformat=VCFv4.2\n"]
        self._rows += [
            f"##contig=<ID={contig.name},length={contig.length}>\n".encode() for contig in contigs
        ]
        self._rows.append(COLUMNS)
        self._contig: Contig | None = None
        self._position = 0
        self._left: set[str] = set()
        self._here: set[tuple[bytes, bytes]] = set()
        self.count = 0
        self.sorted = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        self._file.close()

    def add(self, contig: Contig, position: int, ref: bytes, alt: bytes) -> None:
        """Write a row, unless the position has it already."""
        if contig is not self._contig or position != self._position:
            self._enter(contig, position)
        allele = unpadded(ref.upper(), alt.upper())
        if allele not in self._here:
            self._here.add(allele)
            self._rows.append(
                b"%b\t%d\t.\t%b\t%b\t.\t.\t.\n" % (contig.name.encode(), position, *allele)
            )
            self.count += 1

    def _enter(self, contig: Contig, position: int) -> None:
        if contig is not self._contig:
            if self._contig is not None:
                self._left.add(self._contig.name)
            self.sorted = self.sorted and contig.name not in self._left
        elif position < self._position:
            self.sorted = False
        self._contig, self._position = contig, position
        self._here = set()

    @property
    def pending(self) -> int:
        """Rows in memory."""
        return len(self._rows)

    def flush(self) -> None:
        """Write what is in memory to the file."""
        self._file.writelines(self._rows)
        self._rows = []
