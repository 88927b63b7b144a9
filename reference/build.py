"""Builds the bundle: data files of facts in, a folder that the annotator reads out.

The same data files give the same bytes: nothing of the clock, the machine or the output's place
gets into a file (bgzip writes no time stamp).
"""

import tempfile
from pathlib import Path

import pysam

from reference import manifest
from reference.facts import DATA
from reference.genes import load_genes, to_batch, to_gff3
from reference.sample import sample_vcf
from reference.sequence import load_sequence, to_fasta
from reference.settings import load_settings
from reference.transcript_table import write_transcripts
from reference.variants import load_known, to_vcf


def build(out: Path, data: Path = DATA) -> None:
    """Writes the bundle into the folder `out`, which is made or replaced whole.

    Everything is written beside `out` first and renamed at the end, so a failed build leaves `out`
    as it was. Raises FactError naming the data file that is at fault, FileExistsError when `out`
    holds something that is no bundle.
    """
    _check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        made = Path(scratch) / "bundle"
        made.mkdir()
        _write_files(made, data)
        _replace(out, made, Path(scratch) / "previous")


def _replace(out: Path, made: Path, previous: Path) -> None:
    if not out.exists():
        made.rename(out)
        return
    out.rename(previous)
    try:
        made.rename(out)
    except OSError:
        previous.rename(out)
        raise


def _check_replaceable(out: Path) -> None:
    """An existing folder is replaced only if it's empty or a bundle: never someone's files."""
    if out.exists() and any(out.iterdir()) and not (out / manifest.NAME).exists():
        raise FileExistsError(f"{out} is not empty and holds no bundle: name another folder")


def _write_files(folder: Path, data: Path) -> None:
    settings = load_settings(data / "bundle.toml")
    contig = settings.contig
    sequence = load_sequence(data / "rCRS.fa", length=contig.length, md5=contig.md5)
    genes = load_genes(data / "genes.tsv", sequence)
    known = load_known(data / "known-variants.tsv", sequence)
    sample = sample_vcf(
        data / "sample-variants.tsv",
        sequence,
        assembly=settings.assembly,
        contig=settings.sample.contig,
    )
    fasta = folder / manifest.FASTA
    _write(fasta, to_fasta(contig.name, sequence))
    pysam.faidx(str(fasta))
    _write_bgzip(folder / manifest.GENES, to_gff3(contig.name, contig.length, genes))
    known_file = folder / manifest.KNOWN
    _write_bgzip(known_file, to_vcf(settings.assembly, contig.name, contig.length, known))
    pysam.tabix_index(str(known_file), preset="vcf")
    pysam.tabix_index(str(folder / manifest.GENES), preset="gff")
    write_transcripts(folder / manifest.TRANSCRIPTS, [to_batch(contig.name, genes)])
    _write(folder / manifest.SAMPLE, sample)
    _write(folder / manifest.NAME, manifest.manifest(settings, folder))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_bgzip(path: Path, text: str) -> None:
    plain = path.with_suffix("")
    _write(plain, text)
    pysam.tabix_compress(str(plain), str(path))
    plain.unlink()
