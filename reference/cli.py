"""`./gas reference` and `python -m reference`: builds and publishes reference bundles."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reference import command_options
from reference.errors import InputError
from runtime.common.counted import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reference.build import Built
    from reference.given import Given
    from reference.progress import Progress
    from runtime.common.manifest import Manifest

app = typer.Typer(
    help="Reference bundles: what the annotator needs of a genome, in one folder.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass(frozen=True)
class Ways:
    """How a recipe is followed: see the options of the same names."""

    downloads: Path | None = None
    base: str | None = None
    optional: tuple[str, ...] = ()
    only_plan: bool = False


@app.command("build")
def build_command(
    *,
    recipe: command_options.Recipe = None,
    out: command_options.Out,
    source: command_options.From = None,
    downloads: command_options.Downloads = None,
    optional: command_options.With = None,
    plan: command_options.Plan = False,
    name: command_options.BundleName = None,
    assembly: command_options.Assembly = None,
    fasta: command_options.FastaFiles = None,
    genes: command_options.Genes = None,
    assembly_report: command_options.AssemblyReport = None,
    track: command_options.Tracks = None,
    vep_cache: command_options.VepCache = None,
    alias: command_options.Aliases = None,
    genetic_code: command_options.GeneticCodes = None,
    circular: command_options.Circular = None,
    accession: command_options.Accessions = None,
    bundle_version: command_options.BundleVersion = None,
    description: command_options.Description = None,
    sample: command_options.Sample = None,
) -> None:
    """Build a bundle from official releases by a recipe, or of any organism from your own files.

    `./gas reference build grch38 --out DIR` downloads what it needs, checks it, and goes on where
    it was cut off. Options add to a recipe: `--track` for scores that you have a licence for.

    The same files and options give the same bytes. A build that fails leaves what was there.
    """
    from reference import options as read
    from reference.given import Given

    with _progress() as progress:
        given = Given(
            name=name,
            assembly=assembly,
            fasta=tuple(fasta or []),
            genes=genes,
            assembly_report=assembly_report,
            version=bundle_version,
            description=description,
            tracks=tuple(read.read_track(text) for text in track or []),
            vep_cache=vep_cache,
            contigs=read.read_contigs(alias, genetic_code, circular, accession),
            sample=sample,
        )
        ways = Ways(downloads, source, tuple(optional or ()), only_plan=plan)
        built = _build(given, out, progress, recipe, ways)
    _tell(built, out)


def _build(
    given: "Given",
    out: Path,
    progress: "Progress",
    name: str | None,
    ways: Ways,
) -> "Built | None":
    """Build what the options say, alone or beside the recipe of a name; None if only planned."""
    from reference.build import build
    from reference.recipes.build import Request, build_recipe
    from reference.recipes.recipe import load_recipe

    if name is None:
        if ways != Ways():
            raise InputError(
                "--from, --downloads, --with and --plan", "need a recipe, such as grch38"
            )
        return build(given.alone(), out, progress)
    given.check_beside_recipe()
    recipe, folder = load_recipe(name)
    request = Request(
        recipe=recipe.with_optional(ways.optional),
        folder=folder,
        out=out,
        downloads=ways.downloads or out.absolute().with_name(f"{out.absolute().name}.downloads"),
        base=ways.base,
        change=given.added_to,
    )
    return build_recipe(request, progress, typer.echo, only_plan=ways.only_plan)


@app.command("rcrs")
def rcrs_command(out: command_options.Out) -> None:
    """Build `rcrs`, the human mitochondrial genome, from the facts in `reference/rcrs/data`."""
    from reference.rcrs.build import build_rcrs

    with _progress() as progress:
        built = build_rcrs(out, progress=progress)
    _tell(built, out)


@app.command("publish")
def publish_command(
    bundle: Annotated[
        Path,
        typer.Argument(help="Folder of a bundle.", metavar="DIR", exists=True, file_okay=False),
    ],
    uri: Annotated[
        str, typer.Argument(help="Where it goes: s3://BUCKET or a folder of it.", metavar="S3_URI")
    ],
) -> None:
    """Upload a bundle to S3 as the folder NAME-VERSION, from which instances fetch it.

    Run it again after an interruption: it goes on where it was. What is published never changes.
    Region, endpoint and credentials are those of the AWS command line.
    """
    from reference.published.folder import S3Folder
    from reference.published.publish import publish

    with _progress() as progress:
        done = publish(bundle, S3Folder.of(uri), progress)
    if not done.uploaded:
        typer.echo("It was published before; nothing was uploaded.")
    _describe(done.manifest, done.size, done.folder)
    typer.echo(f'To offer it, add "{done.folder}" to offered in the stage\'s [reference].')


@app.command("check")
def check_command(
    where: Annotated[
        str, typer.Argument(help="Folder of a bundle, or of a published one: s3://...")
    ],
) -> None:
    """Check a bundle: every byte of a folder; each file's presence and checksum in S3."""
    from reference.published.check import check

    with _progress() as progress:
        found = check(where, progress)
    _describe(found.manifest, found.size, found.where)


@app.command("list")
def list_command(
    uri: Annotated[
        str, typer.Argument(help="The S3 URI that bundles were published to.", metavar="S3_URI")
    ],
) -> None:
    """List the bundles that are published in a folder of S3."""
    from reference.published.check import published

    with _progress():
        found = published(uri)
    if not found:
        typer.echo(f"No bundle is published in {uri}.")
    for each in found:
        _describe(each.manifest, each.size, each.where)


def _describe(manifest: "Manifest", size: int, where: str) -> None:
    from reference.recipes.sizes import size_text

    typer.echo(
        f"{manifest.name} {manifest.version}: {manifest.assembly}, "
        f"{counted(len(manifest.contigs), 'contig')}, "
        f"{counted(len(manifest.tracks), 'track')}, {size_text(size)}, {where}"
    )


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Give the progress of a command; an error ends it with 1 and a sentence on standard error."""
    from reference.progress import terminal_progress

    try:
        with terminal_progress(sys.stderr) as progress:
            yield progress
    except (InputError, OSError) as error:
        typer.echo(f"gas: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        kept = "What was downloaded or uploaded is kept: run the same command again to go on."
        typer.echo(f"gas: Stopped. {kept}", err=True)
        sys.exit(130)


def _tell(built: "Built | None", out: Path) -> None:
    """Say what was made, unless it was only planned."""
    if built is None:
        return
    manifest = built.manifest
    typer.echo(
        f"{manifest.name} {manifest.version} is in {out}: "
        f"{counted(len(manifest.contigs), 'contig')}, "
        f"{counted(built.transcripts, 'transcript')}, {counted(len(manifest.tracks), 'track')}."
    )
    for reason, count in manifest.left_out.items():
        typer.echo(f"Left out: {count:,} {reason}.")
    for note in built.notes:
        typer.echo(f"Check: {note}")
