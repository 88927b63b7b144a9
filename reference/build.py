"""Builds a bundle: FASTA, GFF3 and VCFs in, a folder that the annotator reads out.

The same inputs give the same bytes: nothing of the clock, the machine or the output's place gets
into a file. Memory holds the genes of one group of contigs at a time, and no sequence.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reference.assembly_report import with_report
from reference.contigs import Contigs
from reference.errors import InputError
from reference.fasta import write_fasta
from reference.files import Workplace, checksums, replacing
from reference.genes import CSQ_GENES, FASTA, GENES, TRANSCRIPTS, VEP_CACHE, GeneWriter
from reference.options import BuildOptions, TrackOption
from reference.progress import Progress
from reference.sample import write_sample
from reference.tracks.builder import TrackBuilder
from reference.vep.known_variants import FIELDS, NAME, KnownVariants
from reference.vep.predictions import Predictions
from reference.vep.schemas import ENGINE_VERSION, RELEASE
from runtime.common.manifest import FILE_NAME, Manifest, Track, VepCache, column_of

SAMPLE = "sample.vcf"


@dataclass(frozen=True)
class Built:
    """What was made.

    Attributes:
        manifest: its `left_out` says what of the inputs couldn't be used.
        transcripts: how many models there are.
        notes: what its maker should check.
    """

    manifest: Manifest
    transcripts: int
    notes: list[str]


def build(options: BuildOptions, out: Path, progress: Progress) -> Built:
    """Write the bundle into the folder `out`, which is made or replaced whole.

    Raises:
        InputError: naming the file or option that is at fault.
    """
    _check_columns(options)
    with replacing(out) as place:
        built = _write(options, place, progress)
        path = place.bundle / FILE_NAME
        path.write_text(built.manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return built


def _check_columns(options: BuildOptions) -> None:
    """Refuse two tracks whose fields would have one name in results, before hours of work."""
    fields = [(track.name, field) for track in options.tracks for field in track.fields]
    fields += [(NAME, field) for field in (FIELDS if options.vep_cache else ())]
    # A field that one track names twice is its own fault, see TrackBuilder.
    columns = {(track, column_of(track, field.target)) for track, field in fields}
    names = Counter(column for _, column in columns)
    if twice := sorted(name for name, count in names.items() if count > 1):
        raise InputError(
            f"tracks ({', '.join(twice)})",
            "have columns of the same name: name one's otherwise, as in ID=other_id",
        )


def _write(options: BuildOptions, place: Workplace, progress: Progress) -> Built:
    folder = place.bundle
    left_out = Counter[str]()
    lengths = write_fasta(options.fasta, folder / FASTA, progress)
    known, notes = options.contigs, list[str]()
    if options.assembly_report:
        known, notes = with_report(known, options.assembly_report, lengths)
    contigs = Contigs(options.fasta[0], lengths, known)
    genes = GeneWriter(options, place, contigs, left_out, progress)
    genes.write()
    predictions = _predictions(options, folder, contigs, left_out, progress)
    builder = TrackBuilder(
        folder=folder,
        scratch=place.scratch,
        fasta=folder / FASTA,
        contigs=contigs.entries(),
        find=contigs.find,
        left_out=left_out,
        progress=progress,
    )
    tracks = [builder.add(option) for option in _tracks(options, builder)]
    _write_sample(options, folder, tracks, lengths)
    progress("Checksums")
    return Built(
        manifest=_manifest(
            options, folder, contigs, tracks, left_out=left_out, predictions=predictions
        ),
        transcripts=genes.transcripts,
        notes=[*notes, *genes.notes, *_missing(options, predictions)],
    )


def _write_sample(
    options: BuildOptions, folder: Path, tracks: list[Track], lengths: dict[str, int]
) -> None:
    if options.sample:
        shutil.copyfile(options.sample, folder / SAMPLE)
        return
    for track in tracks:
        if track.name == options.sample_track:
            write_sample(folder / track.file, lengths, folder / SAMPLE)


def _tracks(options: BuildOptions, builder: TrackBuilder) -> Iterator[TrackOption]:
    yield from options.tracks
    if options.vep_cache:
        known = KnownVariants(
            cache=options.vep_cache,
            fasta=builder.fasta,
            find=builder.find,
            left_out=builder.left_out,
            progress=builder.progress,
        )
        yield known.write(builder.scratch / "vep-known.vcf.gz")


def _predictions(
    options: BuildOptions,
    folder: Path,
    contigs: Contigs,
    left_out: Counter[str],
    progress: Progress,
) -> str | None:
    """Take SIFT and PolyPhen of the VEP cache, and return what they are."""
    if options.vep_cache is None or not (folder / VEP_CACHE).exists():
        return None
    return Predictions(
        cache=options.vep_cache,
        own=folder / VEP_CACHE,
        find=contigs.find,
        left_out=left_out,
        progress=progress,
    ).write()


def _missing(options: BuildOptions, predictions: str | None) -> Iterator[str]:
    if options.vep_cache and predictions is None:
        yield "The VEP cache has no SIFT and PolyPhen for the proteins of these genes."


def _manifest(
    options: BuildOptions,
    folder: Path,
    contigs: Contigs,
    tracks: list[Track],
    *,
    left_out: Counter[str],
    predictions: str | None,
) -> Manifest:
    cache = VepCache(
        folder=VEP_CACHE,
        release=RELEASE,
        engine_version=ENGINE_VERSION,
        predictions=predictions,
    )
    return Manifest(
        format=2,
        name=options.name,
        version=options.version,
        assembly=options.assembly,
        description=options.description or f"{options.name} ({options.assembly})",
        contigs=contigs.entries(),
        fasta=FASTA,
        genes=GENES,
        csq_genes=CSQ_GENES if (folder / CSQ_GENES).exists() else None,
        vep_cache=cache if (folder / VEP_CACHE).exists() else None,
        transcripts=TRANSCRIPTS,
        tracks=tracks,
        left_out=dict(sorted(left_out.items())),
        sources=list(options.sources),
        sample=SAMPLE if (folder / SAMPLE).exists() else None,
        checksums=checksums(folder),
    )
