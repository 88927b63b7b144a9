"""The samples of an upload, as its header names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from runtime.annotator.errors import shown
from runtime.annotator.limits import Limits
from runtime.common.counted import counted


@dataclass(frozen=True)
class Samples:
    """Samples of an upload. What isn't UTF-8 of a name gets the replacement character."""

    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, columns: Sequence[bytes]) -> Self:
        """Take the names from the last columns of the table."""
        return cls(tuple(name.decode("utf-8", "replace") for name in columns))

    def why_no_genotypes(self, limits: Limits) -> str | None:
        """Return why no table of genotypes is made; None where one is."""
        if not self.names:
            return "the file has no samples"
        if len(self.names) > limits.genotype_samples:
            return (
                f"the file has {counted(len(self.names), 'sample')}, and genotypes are listed of "
                f"up to {limits.genotype_samples}; the table of variants has the counts by allele"
            )
        twice = next((name for at, name in enumerate(self.names) if name in self.names[:at]), None)
        if twice is not None:
            return f"two samples have the name {shown(twice.encode())}"
        return None
