"""The reference bundle: a folder that `reference/` builds, as `runtime.common.manifest` has it."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pysam.version
from pydantic import ValidationError

from runtime.annotator.errors import BundleError
from runtime.annotator.transcript_table import mapped_table, preferences
from runtime.annotator.transcripts import Transcripts
from runtime.common import bundle_files
from runtime.common.manifest import FILE_NAME, AddedField, Contig, Manifest
from runtime.vcf.fasta import Fasta
from runtime.vcf.genetic_codes import STANDARD
from runtime.vcf.line_blocks import LineBlocks, index_path

VEP_CACHE_POLICY = "reference_policy.json"
"""The file without which vepyr reads no cache."""

BCFTOOLS_VERSION: str = vars(pysam.version)["__bcftools_version__"]
VEPYR_VERSION = version("vepyr")


@dataclass(frozen=True)
class Bundle:
    """A bundle that `load` found complete."""

    folder: Path
    manifest: Manifest

    @property
    def fasta_path(self) -> Path:
        """The reference sequences."""
        return self.folder / self.manifest.fasta

    @property
    def genes_path(self) -> Path:
        """The genes, as Ensembl-style GFF3."""
        return self.folder / self.manifest.genes

    @property
    def csq_genes_path(self) -> Path | None:
        """The genes of contigs of other genetic codes than 1, in the form of `bcftools csq`."""
        return self._path(self.manifest.csq_genes)

    @property
    def vep_cache_path(self) -> Path | None:
        """The folder that vepyr reads: transcripts of contigs of genetic code 1."""
        cache = self.manifest.vep_cache
        return self._path(cache.folder if cache else None)

    @property
    def predictions(self) -> str | None:
        """Of which release SIFT and PolyPhen are; None where the bundle has none."""
        cache = self.manifest.vep_cache
        return cache.predictions if cache else None

    def link_vep_fasta(self, folder: Path) -> Path:
        """Make the FASTA known in `folder` by the names that vepyr looks for; return its path.

        vepyr 0.10.0 leaves out a leading "chr" of a contig's name, of the input's and of the
        cache's: it finds the bases of chr9 as 9 only, and fails where the index has chr9 alone.
        """
        link = folder / "reference.fa"
        link.symlink_to(self.fasta_path.resolve())
        index = self.fasta_path.with_name(f"{self.fasta_path.name}.fai").read_text()
        lines = [line.removeprefix("chr") for line in index.splitlines(keepends=True)]
        link.with_name(f"{link.name}.fai").write_text("".join(lines))
        return link

    @property
    def transcripts_path(self) -> Path:
        """Parquet, a row a transcript of any contig."""
        return self.folder / self.manifest.transcripts

    @property
    def sample_path(self) -> Path | None:
        """A VCF to try the bundle on."""
        return self._path(self.manifest.sample)

    def _path(self, name: str | None) -> Path | None:
        return self.folder / name if name else None

    @cached_property
    def contigs(self) -> dict[bytes, Contig]:
        """The contigs by name and by each alias."""
        return {
            name.encode(): contig
            for contig in self.manifest.contigs
            for name in (contig.name, *contig.aliases)
        }

    @cached_property
    def fields(self) -> tuple[AddedField, ...]:
        """What the tracks add, in order."""
        return self.manifest.added_fields

    @cached_property
    def fasta(self) -> Fasta:
        """The reference sequences, mapped into memory."""
        return Fasta(self.fasta_path)

    @cached_property
    def track_blocks(self) -> dict[str, LineBlocks]:
        """The tracks' files, by the tracks' names."""
        contigs = [contig.name for contig in self.manifest.contigs]
        return {
            track.name: LineBlocks(self.folder / track.file, contigs)
            for track in self.manifest.tracks
        }

    @cached_property
    def models(self) -> Transcripts:
        """Exons and CDS of the transcripts that bcftools csq annotates."""
        path = self.csq_genes_path
        return Transcripts.read(path) if path else Transcripts([])

    @cached_property
    def transcripts(self) -> pl.DataFrame:
        """A row a transcript, mapped into memory: see `transcript_table.mapped_table`."""
        places = {contig.name: at for at, contig in enumerate(self.manifest.contigs)}
        return mapped_table(self.transcripts_path, places)

    @cached_property
    def preferences(self) -> pl.DataFrame:
        """By what `effects.completed` picks, in the order of `transcripts`."""
        return preferences(self.transcripts_path)

    @cached_property
    def csq_transcripts(self) -> pl.DataFrame:
        """Those of `transcripts` that bcftools csq annotates."""
        contigs = self.manifest.contigs
        places = [at for at, contig in enumerate(contigs) if contig.genetic_code != STANDARD]
        return self.transcripts.filter(pl.col("contig_place").is_in(places))

    def read_ahead(self) -> None:
        """Work out now what the first job would wait for."""
        _ = self.transcripts, self.preferences, self.models, self.track_blocks


def load(folder: Path) -> Bundle:
    """Read the bundle in `folder`, and check every file of it, unless a mark says that it was.

    Raises:
        BundleError: naming what is missing or wrong.
    """
    path = folder / FILE_NAME
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path} can't be read: {error.strerror}") from error
    except ValidationError as error:
        faults = [f"  {'.'.join(map(str, f['loc'])) or 'file'}: {f['msg']}" for f in error.errors()]
        raise BundleError("\n".join([f"{path} is wrong:", *faults])) from error
    # Engines run in folders of their own.
    bundle = Bundle(folder.resolve(), manifest)
    _check_engines(bundle)
    _check_files(bundle)
    _check_names(bundle)
    _check_lengths(bundle)
    return bundle


def _check_files(bundle: Bundle) -> None:
    manifest = bundle.manifest
    needed = [manifest.fasta, f"{manifest.fasta}.fai", manifest.transcripts]
    needed += [name for name in (manifest.csq_genes, manifest.sample) if name]
    if manifest.vep_cache:
        needed.append(f"{manifest.vep_cache.folder}/{VEP_CACHE_POLICY}")
    for indexed in (manifest.genes, *(track.file for track in manifest.tracks)):
        needed += [indexed, manifest.index_of(indexed)]
    needed += [index_path(Path(track.file)).as_posix() for track in manifest.tracks]
    if unlisted := sorted(set(needed) - manifest.checksums.keys()):
        raise BundleError(f"{bundle.folder}: no checksum for {', '.join(unlisted)}")
    try:
        bundle_files.verify(bundle.folder, manifest)
    except bundle_files.WrongFile as error:
        raise BundleError(str(error)) from error


def _check_names(bundle: Bundle) -> None:
    contigs = bundle.manifest.contigs
    names = Counter(name for contig in contigs for name in (contig.name, *contig.aliases))
    columns = Counter(field.column for field in bundle.fields)
    twice = [name for name, count in (names + columns).items() if count > 1]
    if twice:
        raise BundleError(f"{bundle.folder / FILE_NAME} uses these names twice: {', '.join(twice)}")


def _check_lengths(bundle: Bundle) -> None:
    for contig in bundle.manifest.contigs:
        found = bundle.fasta.lengths.get(contig.name)
        if found != contig.length:
            raise BundleError(
                f"{bundle.fasta_path} has {found or 'no'} bases of {contig.name}, "
                f"the manifest says {contig.length}"
            )


def _check_engines(bundle: Bundle) -> None:
    """Contigs of genetic code 1 are vepyr's, all others are those of `bcftools csq`."""
    manifest = bundle.manifest
    standard = any(contig.genetic_code == 1 for contig in manifest.contigs)
    if standard != (manifest.vep_cache is not None):
        raise BundleError(
            f"{bundle.folder / FILE_NAME}: vep_cache should be "
            + ("there" if standard else "null")
            + f", {'a' if standard else 'no'} contig has genetic code 1"
        )
    cache = manifest.vep_cache
    if cache and cache.engine_version != VEPYR_VERSION:
        raise BundleError(
            f"the cache of {bundle.folder} is for vepyr {cache.engine_version}, "
            f"{VEPYR_VERSION} is installed: build the bundle again"
        )
