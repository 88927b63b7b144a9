"""Builds the bundle of a recipe: finds its files, says what it takes, fetches, checks, builds."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reference.build import Built, build
from reference.options import BuildOptions, ContigOptions
from reference.progress import Progress
from reference.recipes.download import Downloader
from reference.recipes.ensembl_cache import converted_cache
from reference.recipes.files import RecipeFile, RecipeFiles
from reference.recipes.plan import Plan
from reference.recipes.recipe import GENES, REPORT, SEQUENCES, VEP_CACHE, Recipe, track_label
from reference.recipes.sources import Places
from runtime.common.manifest import SourceNote


@dataclass(frozen=True)
class Request:
    """A recipe, and where its files come from and go.

    Attributes:
        folder: of the recipe, for the files that it names by path.
        base: a folder or a URL to take the files from, see `Places`.
        change: what the command line adds to the recipe.
    """

    recipe: Recipe
    folder: Path
    out: Path
    downloads: Path
    base: str | None
    change: Callable[[BuildOptions], BuildOptions]


def build_recipe(
    request: Request, progress: Progress, say: Callable[[str], object], *, only_plan: bool = False
) -> Built | None:
    """Build the bundle into `request.out`.

    Args:
        progress: is told what is under way.
        say: takes the lines of the plan, before anything large is fetched.
        only_plan: stop there, and return None.

    Raises:
        InputError: a file can't be had or is damaged, the disk is too small, or as `build`.
    """
    places = Places(request.folder, request.downloads, request.base)
    with closing(Downloader(progress)) as downloader:
        finder = RecipeFiles(places, downloader, progress)
        plan = Plan(request.recipe, finder.find(request.recipe), request.downloads, request.out)
        for line in plan.lines():
            say(line)
        plan.check_disk()
        if only_plan:
            return None
        for file in plan.files:
            finder.secure(file)
    options = request.change(_options(request, plan.files, progress))
    return build(options, request.out, progress)


def _options(request: Request, files: list[RecipeFile], progress: Progress) -> BuildOptions:
    recipe = request.recipe

    def paths(what: str) -> tuple[Path, ...]:
        return tuple(file.path for file in files if file.what == what)

    tracks = tuple(track.option(paths(track_label(track.name))) for track in recipe.taken)
    caches = [converted_cache(path, request.downloads, progress) for path in paths(VEP_CACHE)]
    return BuildOptions(
        name=recipe.name,
        version=_version(recipe, files),
        assembly=recipe.assembly,
        description=recipe.description,
        fasta=paths(SEQUENCES),
        genes=paths(GENES)[0],
        tracks=tracks,
        contigs=ContigOptions(
            aliases=recipe.contigs.aliases,
            genetic_codes=recipe.contigs.genetic_codes,
            circular=frozenset(recipe.contigs.circular),
            accessions=recipe.contigs.accessions,
        ),
        assembly_report=next(iter(paths(REPORT)), None),
        vep_cache=next(iter(caches), None),
        sample=request.folder / recipe.sample if recipe.sample else None,
        sample_track=next((track.name for track in tracks if not track.is_bed), None),
        sources=tuple(_note(recipe, what, files) for what in recipe.sources),
    )


def _version(recipe: Recipe, files: list[RecipeFile]) -> str:
    """Of a release whose tracks change every week, each build has a version of its own."""
    added = [f"-{track.name}" for track in recipe.taken if track.optional]
    return f"{recipe.version}.{max(file.date for file in files):%Y%m%d}{''.join(added)}"


def _note(recipe: Recipe, what: str, files: list[RecipeFile]) -> SourceNote:
    source = recipe.sources[what]
    newest = max(file.date for file in files if file.what == what)
    return SourceNote(
        what=what,
        source=f"{source.origin}: {source.url}",
        retrieved=newest.isoformat(),
        licence=source.licence,
    )
