"""The files of a recipe: where each one is, whether it's there already, and its checksum."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from reference.errors import InputError
from reference.progress import Progress
from reference.recipes.checksums import Checksum, checksum_of, find_checksum
from reference.recipes.download import Downloader
from reference.recipes.partial import Facts, Kept
from reference.recipes.recipe import Recipe, Source
from reference.recipes.reduced import reduced_name
from reference.recipes.sources import Places, Remote, beside


@dataclass(frozen=True)
class RecipeFile:
    """A file that a recipe names.

    Attributes:
        what: Sequences, Genes, or a track's name.
        facts: what the server says of it; of a local file, its size.
        is_there: whether it's on this machine. A local file's checksum isn't known to be right yet.
        fields: of a VCF that is reduced to them while it comes; None of other files.
    """

    what: str
    place: Remote | Path
    checksum: Checksum | None
    facts: Facts
    is_there: bool
    fields: tuple[str, ...] | None = None

    @property
    def path(self) -> Path:
        """Where it is, or will be."""
        return self.place.path if isinstance(self.place, Remote) else self.place

    @property
    def name(self) -> str:
        """The publisher's name of it."""
        return PurePosixPath(self.place.url if isinstance(self.place, Remote) else self.place).name

    @property
    def date(self) -> date:
        """The day (UTC) of its publisher's last change."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date()


class RecipeFiles:
    """Finds the files of recipes, and makes sure of each."""

    def __init__(self, places: Places, downloader: Downloader, progress: Progress) -> None:
        self._places = places
        self._downloader = downloader
        self._progress = progress
        self._listings: dict[str, Path] = {}

    def find(self, recipe: Recipe) -> list[RecipeFile]:
        """Ask for every file of a recipe: its size, its checksum, and whether it's there.

        Raises:
            InputError: one isn't where the recipe says, or its checksum isn't listed.
        """
        return [
            self._find(what, source, address)
            for what, source in recipe.sources.items()
            for address in source.urls
        ]

    def _find(self, what: str, source: Source, address: str) -> RecipeFile:
        self._progress(f"Asking for {address}")
        place = self._places.find(address)
        checksum = self._checksum(source, address)
        if isinstance(place, Path):
            return RecipeFile(what, place, checksum, Facts(_size(place), None, None), is_there=True)
        facts = self._downloader.ask(place.url)
        if checksum is None and facts.md5:
            checksum = Checksum("md5", facts.md5)
        fields = source.reduced_to
        if fields is not None:
            path = place.path.with_name(reduced_name(place.path.name, fields))
            place = Remote(place.url, path)
        there = self._downloader.is_there(place, facts, checksum, reduced=fields is not None)
        return RecipeFile(what, place, checksum, facts, there, fields)

    def _checksum(self, source: Source, address: str) -> Checksum | None:
        if source.checksums is None:
            return None
        listing = beside(address, source.checksums)
        if listing not in self._listings:
            place = self._places.find(listing)
            if isinstance(place, Remote):
                self._downloader.fetch_small(place)
                self._listings[listing] = place.path
            else:
                _size(place)
                self._listings[listing] = place
        return find_checksum(self._listings[listing], PurePosixPath(address).name)

    def secure(self, file: RecipeFile) -> None:
        """Fetch a file that isn't there, and check one that is.

        Raises:
            InputError: it can't be fetched, or is damaged.
        """
        if isinstance(file.place, Remote):
            if not file.is_there:
                self._downloader.fetch(file.place, file.facts, file.checksum, file.fields)
        elif file.checksum and not Kept(file.place).holds(str(file.checksum)):
            self._progress(f"Checking {file.place.name}")
            found = checksum_of(file.place, file.checksum.algorithm)
            if found != file.checksum:
                raise InputError(
                    file.place,
                    f"is damaged: its checksum should be {file.checksum}, and is {found}. "
                    "Copy it again",
                )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise InputError(path, f"can't be read: {error.strerror}") from error
