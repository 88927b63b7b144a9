"""What a build takes, said before it begins: disk, memory and time."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from reference.errors import InputError
from reference.recipes.files import RecipeFile
from reference.recipes.recipe import GENES, REPORT, SEQUENCES, VEP_CACHE, Recipe
from reference.recipes.sizes import duration_text, size_text
from runtime.common.counted import counted

MEMORY = 8 * 2**30
"""Bytes that a build keeps to."""


@dataclass(frozen=True)
class Cost:
    """What a compressed byte costs: bytes of the bundle, bytes on the way to it, seconds."""

    bundle: float
    scratch: float
    seconds: float


# Measured: a chromosome of 249 Mb took 5 s, its 45,000 transcripts 46 s, at a peak of 1.6 GiB. An
# allele of a track takes 14 microseconds of CPU time, a known variant of a VEP cache 6 more. Sizes
# are those of Ensembl's files, and of vepyr's tables for all of Ensembl's transcripts.
_COSTS = {
    SEQUENCES: Cost(bundle=3.8, scratch=0.0, seconds=1 / 15e6),
    GENES: Cost(bundle=12.0, scratch=15.0, seconds=1 / 200e3),
    REPORT: Cost(bundle=0.0, scratch=0.0, seconds=0.0),
    VEP_CACHE: Cost(bundle=0.8, scratch=4.0, seconds=1 / 1.1e6),
}
_TRACK = Cost(bundle=0.5, scratch=2.0, seconds=1 / 1.2e6)

# gnomAD's records have kilobytes each, of which some 12 compressed bytes are kept. Reducing them
# takes a second of CPU time for 27 MB that come.
REDUCED = 0.02
_STREAMED = Cost(bundle=0.02, scratch=0.1, seconds=1 / 16e6)


@dataclass(frozen=True)
class Plan:
    """The files of a recipe, and where they and the bundle go."""

    recipe: Recipe
    files: list[RecipeFile]
    downloads: Path
    out: Path

    @property
    def missing(self) -> list[RecipeFile]:
        """What has to be downloaded."""
        return [file for file in self.files if not file.is_there]

    @property
    def download_bytes(self) -> int:
        """What has to come, as far as servers say sizes."""
        return sum(file.facts.size or 0 for file in self.missing)

    @property
    def kept_bytes(self) -> float:
        """What of it stays on the disk: of files that are reduced while they come, little."""
        return sum(
            (file.facts.size or 0) * (1.0 if file.fields is None else REDUCED)
            for file in self.missing
        )

    @property
    def cost(self) -> Cost:
        """Bytes of the bundle, bytes on the way to it, and seconds, roughly, on two cores."""
        sizes = [(file.facts.size or 0, _cost(file)) for file in self.files]
        return Cost(
            bundle=sum(size * cost.bundle for size, cost in sizes),
            scratch=sum(size * cost.scratch for size, cost in sizes),
            seconds=60 + sum(size * cost.seconds for size, cost in sizes),
        )

    def lines(self) -> list[str]:
        """The plan for the person who waits."""
        return [
            f"{self.recipe.name}: {self.recipe.description}",
            *(f"  {what}: {s.origin} ({s.licence})" for what, s in self.recipe.sources.items()),
            *(
                f"  Not taken: {each.name}, {each.origin}; --with {each.name} takes it."
                for each in self.recipe.left
            ),
            *self._unchecked_lines(),
            self._download_line(),
            self._disk_line(),
            f"Memory: up to {MEMORY / 2**30:.0f} GiB.",
            f"Time: the download, then about {duration_text(self.cost.seconds)} on two cores.",
        ]

    def _download_line(self) -> str:
        unknown = sum(file.facts.size is None for file in self.missing)
        unsized = f", and {unknown} of unknown size" if unknown else ""
        streamed = any(file.fields is not None for file in self.missing)
        reduced = f", reduced to {size_text(self.kept_bytes)} while it comes" if streamed else ""
        return (
            f"Download: {size_text(self.download_bytes)} in {len(self.missing)} files{unsized}"
            f"{reduced}; {len(self.files) - len(self.missing)} are there. They are kept in "
            f"{self.downloads}."
        )

    def _disk_line(self) -> str:
        folder = self.out.absolute().parent
        return (
            f"Disk: about {size_text(self.cost.bundle)} for the bundle and "
            f"{size_text(self.cost.scratch)} more while it's built, in {folder}."
        )

    def _unchecked_lines(self) -> Iterator[str]:
        """A line a source, whose first file is named."""
        unchecked = [file for file in self.files if file.checksum is None]
        for _, files in groupby(unchecked, key=lambda file: file.what):
            first, *others = files
            more = f" and {counted(len(others), 'more file')}" if others else ""
            yield f"  No checksum is published for {first.name}{more}."

    def check_disk(self) -> None:
        """Make sure that the disk is large enough, as far as sizes are known.

        Raises:
            InputError: it isn't; naming the folder.
        """
        needs: dict[int, float] = defaultdict(float)
        places: dict[int, Path] = {}
        for folder, size in (
            (self.downloads, self.kept_bytes),
            (self.out.absolute().parent, self.cost.bundle + self.cost.scratch),
        ):
            place = next(each for each in (folder, *folder.absolute().parents) if each.exists())
            device = place.stat().st_dev
            needs[device] += size
            places[device] = place
        for device, place in places.items():
            free = shutil.disk_usage(place).free
            if free < needs[device]:
                raise InputError(
                    place,
                    f"has {size_text(free)} free, and this needs {size_text(needs[device])}: free "
                    "some, or name other folders with --out and --downloads",
                )


def _cost(file: RecipeFile) -> Cost:
    return _STREAMED if file.fields is not None else _COSTS.get(file.what, _TRACK)
