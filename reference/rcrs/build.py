"""Builds the bundle `rcrs`: data files of facts -> FASTA, GFF3 and VCF -> the builder of any."""

import tempfile
from pathlib import Path

from reference.build import Built, build
from reference.options import BuildOptions, ContigOptions
from reference.progress import SILENT, Progress
from reference.rcrs.facts import DATA
from reference.rcrs.genes import load_genes, to_gff3
from reference.rcrs.known_ids import known_ids
from reference.rcrs.mitomap import diseases, frequencies
from reference.rcrs.mitotip import mitotip
from reference.rcrs.sample import sample_vcf
from reference.rcrs.sequence import load_sequence, to_fasta
from reference.rcrs.settings import Settings, load_settings
from reference.rcrs.stretches import stretches


def build_rcrs(out: Path, data: Path = DATA, progress: Progress = SILENT) -> Built:
    """Write the bundle into the folder `out`, which is made or replaced whole.

    Raises:
        InputError: naming the data file that is at fault.
    """
    with tempfile.TemporaryDirectory(prefix="gas-rcrs-") as name:
        options = _write_inputs(load_settings(data / "bundle.toml"), data, Path(name))
        return build(options, out, progress)


def _write_inputs(settings: Settings, data: Path, folder: Path) -> BuildOptions:
    contig = settings.contig
    sequence = load_sequence(data / "rCRS.fa", length=contig.length, md5=contig.md5)
    genes = load_genes(data / "genes.tsv", sequence)
    sample = sample_vcf(
        data / "sample-variants.tsv",
        sequence,
        assembly=settings.assembly,
        contig=settings.sample.contig,
    )

    def written(file: str, text: str) -> Path:
        path = folder / file
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    tracks = (
        known_ids(data, settings, sequence, folder),
        diseases(data, settings, sequence, folder),
        frequencies(data, settings, sequence, folder),
        mitotip(data, settings, sequence, folder),
        stretches(data, settings, folder),
    )
    return BuildOptions(
        name=settings.name,
        version=settings.version,
        assembly=settings.assembly,
        description=settings.description,
        fasta=(written("rcrs.fa", to_fasta(contig.name, sequence)),),
        genes=written("rcrs.gff3", to_gff3(contig.name, contig.length, genes)),
        tracks=tracks,
        contigs=ContigOptions(
            aliases={contig.name: contig.aliases},
            genetic_codes={contig.name: contig.genetic_code},
            circular=frozenset({contig.name} if contig.circular else ()),
            accessions={contig.name: contig.accession},
        ),
        sample=written("sample.vcf", sample),
        sources=tuple(settings.sources),
    )
