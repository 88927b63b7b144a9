"""The options of `reference build`, as typer shows them."""

from pathlib import Path
from typing import Annotated

import typer

_RECIPE, _FILES, _MORE = "A recipe", "Your own files", "Both"

Recipe = Annotated[
    str | None,
    typer.Argument(
        help="`grch38`, `grch37`, `grcm39`, or the path of a recipe of your own. Without it: the "
        "files that the options name.",
        metavar="[RECIPE]",
        show_default=False,
    ),
]
Out = Annotated[
    Path,
    typer.Option(help="Folder of the bundle; an earlier bundle there is replaced.", metavar="DIR"),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="Where to take the recipe's files from instead: a folder, or the base URL of a "
        "mirror, which has them as `ftp.ensembl.org/pub/...` (as `wget -r` and the folder of "
        "downloads do).",
        metavar="FOLDER_OR_URL",
        rich_help_panel=_RECIPE,
    ),
]
Downloads = Annotated[
    Path | None,
    typer.Option(
        help="Folder for what is downloaded, kept for the next time. Default: DIR.downloads.",
        metavar="FOLDER",
        rich_help_panel=_RECIPE,
    ),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help="An optional track of the recipe, such as `gnomad_exomes`. gnomAD's hundreds of "
        "gigabytes are reduced to a few while they come.",
        metavar="TRACK",
        rich_help_panel=_RECIPE,
    ),
]
Plan = Annotated[
    bool,
    typer.Option(
        "--plan",
        help="Only say what would be fetched, and the disk, memory and time that it takes.",
        rich_help_panel=_RECIPE,
    ),
]
BundleName = Annotated[
    str | None,
    typer.Option("--name", help="Name of the bundle, such as `grch38`.", rich_help_panel=_FILES),
]
Assembly = Annotated[
    str | None,
    typer.Option(help="Name of the assembly, such as `GRCh38.p14`.", rich_help_panel=_FILES),
]
FastaFiles = Annotated[
    list[Path] | None,
    typer.Option(
        help="The sequences: FASTA, plain or gzip. Give it once for each file of a genome in "
        "several.",
        metavar="FILE",
        rich_help_panel=_FILES,
    ),
]
Genes = Annotated[
    Path | None,
    typer.Option(
        help="The genes: GFF3 of Ensembl, GENCODE, RefSeq or similar, plain or gzip, in any order.",
        metavar="FILE",
        rich_help_panel=_FILES,
    ),
]
AssemblyReport = Annotated[
    Path | None,
    typer.Option(
        help="NCBI's assembly report (NAME_assembly_report.txt): other names of the contigs, and "
        "their accessions.",
        metavar="FILE",
        rich_help_panel=_FILES,
    ),
]
Tracks = Annotated[
    list[str] | None,
    typer.Option(
        help="A VCF of known variants and the fields to add to equal alleles, such as "
        "`clinvar=clinvar.vcf.gz:ID,INFO/CLNSIG,INFO/CLNDN`. `INFO/X=name` names the column. "
        "Any order and any spelling of alleles will do. Or a BED of regions, and the numbers of "
        "the columns to add to alleles in them: `repeats=rmsk.bed.gz:4=repeat`.",
        metavar="NAME=FILE:FIELDS",
        rich_help_panel=_MORE,
    ),
]
VepCache = Annotated[
    Path | None,
    typer.Option(
        help="A VEP cache as `vepyr build-cache` or `vepyr download-cache` writes it: dbSNP ids "
        "and frequencies (1000 Genomes, gnomAD) of its known variants become a track, and SIFT and "
        "PolyPhen go to the transcripts with the same proteins.",
        metavar="FOLDER",
        rich_help_panel=_MORE,
    ),
]
Aliases = Annotated[
    list[str] | None,
    typer.Option(
        help="Other names of a contig in users' files, in the GFF3 or in tracks, such as "
        "`9=CM000671.2,NC_000009.12`. 9 and chr9, and MT, M, chrM and chrMT, are known.",
        metavar="CONTIG=NAMES",
        rich_help_panel=_MORE,
    ),
]
GeneticCodes = Annotated[
    list[str] | None,
    typer.Option(
        help="NCBI's number of a contig's genetic code, such as `MT=2`. Without it: what the "
        "GFF3 says (transl_table), 2 for MT, M, chrM and chrMT, and 1 for all others.",
        metavar="CONTIG=NUMBER",
        rich_help_panel=_MORE,
    ),
]
Circular = Annotated[
    list[str] | None,
    typer.Option(
        help="A circular contig. Without it: what the GFF3 says (Is_circular).",
        metavar="CONTIG",
        rich_help_panel=_MORE,
    ),
]
Accessions = Annotated[
    list[str] | None,
    typer.Option(
        help="A contig's accession for genomic HGVS names, such as `9=NC_000009.12`. Without "
        "it: the assembly report's, or a name or alias that is one.",
        metavar="CONTIG=ACCESSION",
        rich_help_panel=_MORE,
    ),
]
BundleVersion = Annotated[
    str | None,
    typer.Option(
        "--bundle-version",
        help="Version of the bundle, shown with results. Default: 1, or the recipe's with the date "
        "of its newest file.",
        rich_help_panel=_MORE,
    ),
]
Description = Annotated[
    str | None, typer.Option(help="What the bundle is, for readers.", rich_help_panel=_MORE)
]
Sample = Annotated[
    Path | None,
    typer.Option(
        help="A small VCF to try the bundle on: at an annotator's start, and on the site.",
        metavar="FILE",
        rich_help_panel=_MORE,
    ),
]
