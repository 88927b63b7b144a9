"""`./gas reference` and `python -m reference`: builds reference bundles."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reference.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference.build import Built
    from reference.options import BuildOptions
    from reference.progress import Progress

app = typer.Typer(
    help="Reference bundles: what the annotator needs of a genome, in one folder.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Out = Annotated[
    Path,
    typer.Option(help="Folder of the bundle; an earlier bundle there is replaced.", metavar="DIR"),
]


@app.command("build")
def build_command(
    *,
    name: Annotated[str, typer.Option(help="Name of the bundle, such as `grch38`.")],
    assembly: Annotated[str, typer.Option(help="Name of the assembly, such as `GRCh38`.")],
    fasta: Annotated[
        list[Path],
        typer.Option(
            help="The sequences: FASTA, plain or gzip. Give it once for each file of a genome in "
            "several.",
            metavar="FILE",
        ),
    ],
    genes: Annotated[
        Path,
        typer.Option(
            help="The genes: GFF3 of Ensembl, GENCODE, RefSeq or similar, plain or gzip, in any "
            "order.",
            metavar="FILE",
        ),
    ],
    out: _Out,
    track: Annotated[
        list[str] | None,
        typer.Option(
            help="A VCF of known variants and the fields to add to equal alleles, such as "
            "`clinvar=clinvar.vcf.gz:ID,INFO/CLNSIG,INFO/CLNDN`. `INFO/X=name` names the column. "
            "Records are split, left-aligned and sorted where they need to be.",
            metavar="NAME=FILE:FIELDS",
        ),
    ] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option(
            help="Other names of a contig in users' files, in the GFF3 or in tracks, such as "
            "`9=CM000671.2,NC_000009.12`. 9 and chr9, and MT, M, chrM and chrMT, are known.",
            metavar="CONTIG=NAMES",
        ),
    ] = None,
    genetic_code: Annotated[
        list[str] | None,
        typer.Option(
            help="NCBI's number of a contig's genetic code, such as `MT=2`. Without it: what the "
            "GFF3 says (transl_table), 2 for MT, M, chrM and chrMT, and 1 for all others.",
            metavar="CONTIG=NUMBER",
        ),
    ] = None,
    circular: Annotated[
        list[str] | None,
        typer.Option(
            help="A circular contig. Without it: what the GFF3 says (Is_circular).",
            metavar="CONTIG",
        ),
    ] = None,
    accession: Annotated[
        list[str] | None,
        typer.Option(
            help="A contig's accession for genomic HGVS names, such as `9=NC_000009.12`. Without "
            "it: a name or alias that is one.",
            metavar="CONTIG=ACCESSION",
        ),
    ] = None,
    bundle_version: Annotated[
        str, typer.Option("--bundle-version", help="Version of the bundle, shown with results.")
    ] = "1",
    description: Annotated[str, typer.Option(help="What the bundle is, for readers.")] = "",
    sample: Annotated[
        Path | None,
        typer.Option(
            help="A small VCF to try the bundle on: at an annotator's start, and on the site.",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Build a bundle of any organism from its FASTA, its genes and VCFs of known variants.

    The same files and options give the same bytes. A build that fails leaves what was there.
    """
    from reference import options as read
    from reference.build import build

    def options() -> "BuildOptions":
        return read.BuildOptions(
            name=name,
            assembly=assembly,
            fasta=tuple(fasta),
            genes=genes,
            version=bundle_version,
            description=description,
            tracks=tuple(read.read_track(text) for text in track or []),
            contigs=read.ContigOptions(
                aliases=read.read_aliases(alias or []),
                genetic_codes=read.read_genetic_codes(genetic_code or []),
                circular=frozenset(circular or []),
                accessions=read.read_accessions(accession or []),
            ),
            sample=sample,
        )

    _run(lambda progress: build(options(), out, progress), out)


@app.command("rcrs")
def rcrs_command(out: _Out) -> None:
    """Build `rcrs`, the human mitochondrial genome, from the facts in `reference/rcrs/data`."""
    from reference.rcrs.build import build_rcrs

    _run(lambda progress: build_rcrs(out, progress=progress), out)


def _run(build: "Callable[[Progress], Built]", out: Path) -> None:
    """Build, and say what was made; 1 and a sentence on standard error where that fails."""
    from reference.progress import Progress

    try:
        built = build(Progress(lambda text: typer.echo(text, err=True)))
    except (InputError, OSError) as error:
        typer.echo(f"reference: {error}", err=True)
        sys.exit(1)
    manifest = built.manifest
    typer.echo(
        f"{manifest.name} {manifest.version} is in {out}: {len(manifest.contigs):,} contigs, "
        f"{built.transcripts:,} transcripts, {len(manifest.tracks)} tracks."
    )
    for reason, count in manifest.left_out.items():
        typer.echo(f"Left out: {count:,} {reason}.")
    for note in built.notes:
        typer.echo(f"Check: {note}")
