"""What the makers of tracks share: the bundle's contigs, and the count of what can't be used."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from reference.errors import InputError
from reference.options import TrackOption
from reference.progress import Progress
from runtime.common.manifest import Contig
from runtime.vcf.fasta import Fasta


@dataclass
class TrackSource:
    """A track's files beside the bundle.

    Attributes:
        option: what to take.
        contigs: the bundle's, in order.
        find: the bundle's name of a contig, or None.
        fasta_path: the bundle's sequences.
        left_out: counts what can't be used, by reason.
        progress: told how far it is.
        names: of contigs, as the files have them, with their places among `contigs`.
    """

    option: TrackOption
    contigs: list[Contig]
    find: Callable[[str], str | None]
    fasta_path: Path
    left_out: Counter[str]
    progress: Progress
    names: dict[str, int | None] = field(default_factory=dict)
    _rows: int = 0

    @cached_property
    def fasta(self) -> Fasta:
        """The bundle's sequences."""
        return Fasta(self.fasta_path)

    def places(self, names: pl.Series) -> pl.Series:
        """Return the places of contigs; null for those that the bundle lacks."""
        places = {contig.name: at for at, contig in enumerate(self.contigs)}
        for name in names.unique():
            if name not in self.names:
                own = self.find(name)
                self.names[name] = None if own is None else places[own]
        return names.replace_strict(self.names, return_dtype=pl.UInt32)

    def kept(self, rows: pl.DataFrame, condition: pl.Series, reason: str) -> pl.DataFrame:
        """Return the rows for which a condition holds; count the others."""
        self.count(reason, len(rows) - int(condition.sum()))
        return rows.filter(condition)

    def count(self, reason: str, number: int) -> None:
        """Count alleles or regions that aren't used."""
        if number:
            unit = "regions" if self.option.is_bed else "alleles"
            self.left_out[f"{unit} of track {self.option.name} {reason}"] += number

    def report(self, rows: int) -> None:
        """Tell how much has been read."""
        self._rows += rows
        self.progress(f"Track {self.option.name}: {self._rows:,} lines read")

    def nothing_fits(self) -> InputError:
        """Say that the track has no contig in common with the bundle."""
        names = ", ".join(sorted(self.names)[:5])
        return InputError(
            self.option.files[0],
            f"no record can be used: it has the contigs {names or '(none)'}; say with --alias "
            "which contig of the FASTA each is",
        )
