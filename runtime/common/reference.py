"""The reference bundle as the pages need it: names and lengths of contigs, genes, the files.

The annotator checks a bundle's every file (`runtime.annotator.bundle`); this reads what it has
checked, and only when it is asked for: the manifest at the start, the genes at their first use.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import duckdb
from pydantic import ValidationError

from runtime.common.manifest import FILE_NAME, Contig, Manifest

# From `reference/transcript_table.py`, which is sorted by contig and start.
_GENES = """
SELECT coalesce(any_value(SYMBOL), Gene), coalesce(any_value(gene_biotype), ''), contig,
    min("start"), max("end"), CASE WHEN any_value(STRAND) < 0 THEN '-' ELSE '+' END
FROM read_parquet(?, file_row_number = true)
WHERE contig = ?
GROUP BY contig, Gene
ORDER BY min(file_row_number)
"""


_SYMBOLS = "SELECT DISTINCT SYMBOL FROM read_parquet(?) WHERE SYMBOL IS NOT NULL"


class ReferenceUnreadable(Exception):
    """The bundle's folder or manifest can't be read: the operator's business."""


@dataclass(frozen=True)
class Gene:
    """A gene of the bundle; `start` and `end` count from 1, both inside; `strand` is + or -."""

    name: str
    biotype: str
    contig: str
    start: int
    end: int
    strand: str


@dataclass(frozen=True)
class Reference:
    """A bundle's folder, what its manifest says, and where in S3 it came from, if it did."""

    folder: Path
    manifest: Manifest
    source: str | None = None

    @classmethod
    def load(cls, folder: Path, *, source: str | None = None) -> Self:
        """Read the manifest of the bundle in `folder`.

        Raises:
            ReferenceUnreadable: it isn't there, or isn't a manifest; the message names the file.
        """
        path = folder / FILE_NAME
        try:
            return cls(folder, Manifest.model_validate_json(path.read_bytes()), source)
        except (OSError, ValidationError) as error:
            raise ReferenceUnreadable(f"{path} can't be read: {error}") from error

    @property
    def name(self) -> str:
        """The name by which jobs, pages and the command line know it."""
        return self.manifest.name

    def etag_of(self, file: str) -> str:
        """What tells versions of one of its files apart: the same on every instance."""
        checksum = self.manifest.checksums.get(file) or self._manifest_checksum
        return checksum.removeprefix("sha256:")[:32]

    @cached_property
    def _manifest_checksum(self) -> str:
        return hashlib.sha256((self.folder / FILE_NAME).read_bytes()).hexdigest()

    @property
    def version(self) -> str:
        """The version of its data."""
        return self.manifest.version

    @cached_property
    def contigs(self) -> dict[str, Contig]:
        """The contigs by name and by each alias."""
        return {
            name: contig
            for contig in self.manifest.contigs
            for name in (contig.name, *contig.aliases)
        }

    def contig(self, name: str) -> Contig | None:
        """Return the contig that goes by a name, in any case."""
        return self.contigs.get(name) or self._in_lower_case.get(name.lower())

    @cached_property
    def _in_lower_case(self) -> dict[str, Contig]:
        return {name.lower(): contig for name, contig in self.contigs.items()}

    @cached_property
    def symbols(self) -> dict[str, str]:
        """The symbols of all genes, by their upper case: some 40,000 of a human genome."""
        with duckdb.connect() as connection:
            rows = connection.execute(_SYMBOLS, [str(self.folder / self.manifest.transcripts)])
            return {symbol.upper(): symbol for (symbol,) in rows.fetchall()}

    def genes_of(self, contig: str) -> tuple[Gene, ...]:
        """Return the genes of a contig, by start of their first transcript."""
        if contig not in self._genes:
            values = [str(self.folder / self.manifest.transcripts), contig]
            with duckdb.connect() as connection:
                rows = connection.execute(_GENES, values).fetchall()
            self._genes[contig] = tuple(Gene(*row) for row in rows)
        return self._genes[contig]

    @cached_property
    def _genes(self) -> dict[str, tuple[Gene, ...]]:
        return {}
