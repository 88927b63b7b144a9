"""The invented genome as files, and as the bundle that the builder makes of them."""

from pathlib import Path

from reference.build import Built, build
from reference.options import BuildOptions, ContigOptions, read_track
from reference.progress import SILENT
from tests.genome.models import LENGTHS, Model, genome

NAME, ASSEMBLY = "invented", "Invented1"
_WIDTH = 70


def build_genome(out: Path, scratch: Path) -> Built:
    """Build the bundle into `out`; the files that it comes from go into `scratch`."""
    return build(write_sources(scratch), out, SILENT)


def write_sources(scratch: Path) -> BuildOptions:
    """Write the files that the bundle comes from."""
    fasta, genes = scratch / "genome.fa", scratch / "genes.gff3"
    known, sample = scratch / "known.vcf", scratch / "sample.vcf"
    fasta.write_text(to_fasta())
    genes.write_text(to_gff3())
    known.write_text(known_vcf())
    sample.write_text(sample_vcf())
    fields = "ID,INFO/CLNSIG,INFO/CLNDN,INFO/AF"
    return BuildOptions(
        name=NAME,
        assembly=ASSEMBLY,
        fasta=(fasta,),
        genes=genes,
        tracks=(read_track(f"known={known}:{fields}"),),
        contigs=ContigOptions(
            circular=frozenset({"chrM"}),
            accessions={"1": "NC_999001.1", "2": "NC_999002.1", "chrM": "NC_999003.1"},
        ),
        sample=sample,
    )


def to_fasta() -> str:
    lines = []
    for name, bases in genome().contigs.items():
        lines += [f">{name} invented"]
        lines += [bases[at : at + _WIDTH] for at in range(0, len(bases), _WIDTH)]
    return "\n".join([*lines, ""])


def to_gff3() -> str:
    """The genes as Ensembl writes them."""
    lines = ["##gff-version 3"]
    lines += [f"##sequence-region {name} 1 {length}" for name, length in LENGTHS.items()]
    seen: set[str] = set()
    for model in genome().models:
        if model.gene not in seen:
            seen.add(model.gene)
            kind = "gene" if model.coding else "ncRNA_gene"
            gene = (
                f"ID=gene:{model.gene};Name={model.symbol};biotype={model.biotype};"
                "description=invented [Source:HGNC Symbol%3BAcc:HGNC:99];version=3"
            )
            whole = [each for each in genome().models if each.gene == model.gene]
            start, end = min(each.start for each in whole), max(each.end for each in whole)
            lines.append(_line(model, kind, start, end, gene))
        lines += _transcript_lines(model)
    return "\n".join([*lines, ""])


def _transcript_lines(model: Model) -> list[str]:
    tags = f";tag={','.join(model.tags)}" if model.tags else ""
    kind = "mRNA" if model.coding else "transcript"
    parent = f"Parent=transcript:{model.name}"
    lines = [
        _line(
            model,
            kind,
            model.start,
            model.end,
            f"ID=transcript:{model.name};Parent=gene:{model.gene};Name={model.symbol}-201;"
            f"biotype={model.biotype}{tags};transcript_id={model.name};version=2",
        )
    ]
    exons = enumerate(model.exons, start=1)
    lines += [
        _line(model, "exon", first, last, f"{parent};exon_id=E{model.name[4:]}{number};version=1")
        for number, (first, last) in exons
    ]
    protein = model.name.replace("ENST", "ENSP")
    coding = f"ID=CDS:{protein};{parent};protein_id={protein};version=4"
    lines += [
        _line(model, "CDS", first, last, coding, phase=phase)
        for (first, last), phase in zip(model.cds, _phases(model), strict=True)
    ]
    if model.selenocysteine:
        codon = model.coding_positions[3 * model.selenocysteine - 3 : 3 * model.selenocysteine]
        kind = "stop_codon_redefined_as_selenocysteine"
        lines.append(_line(model, kind, min(codon), max(codon), parent, phase=0))
    return lines


def _phases(model: Model) -> list[int]:
    """GFF3's phase of each piece: bases to the start of the next codon."""
    pieces = model.cds if model.strand == "+" else model.cds[::-1]
    phases, done = [], -model.partial
    for first, last in pieces:
        phases.append(-done % 3)
        done += last - first + 1
    return phases if model.strand == "+" else phases[::-1]


def _line(
    model: Model, kind: str, start: int, end: int, attributes: str, *, phase: int | str = "."
) -> str:
    columns = (model.contig, "invented", kind, start, end, ".", model.strand, phase, attributes)
    return "\t".join(map(str, columns))


def known_vcf() -> str:
    """Three known variants, on contigs by other names: one needs splitting, one left-aligning."""
    lines = [
        "##fileformat=VCFv4.3",
        "##contig=<ID=chr1>",
        '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical significance">',
        '##INFO=<ID=CLNDN,Number=.,Type=String,Description="Associated condition">',
        '##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    base = genome().base
    alpha, beta = 600, 1600
    others = "ACGT".replace(base("1", alpha), "")
    info = "CLNSIG=Pathogenic;CLNDN=Invented_disease;AF=0.125,0.5"
    lines.append(f"chr1\t{alpha}\trs1\t{base('1', alpha)}\t{others[0]},{others[1]}\t.\t.\t{info}")
    pair = base("1", beta) + base("1", beta + 1)
    alt = base("1", beta) + "ACGT".replace(base("1", beta + 1), "")[0]
    lines.append(f"chr1\t{beta}\trs2\t{pair}\t{alt}\t.\t.\tCLNSIG=Benign")
    ref = base("chrM", 110)
    lines.append(f"MT\t110\trs3\t{ref}\t{'ACGT'.replace(ref, '')[0]}\t.\t.\tAF=0.25")
    return "\n".join([*lines, ""])


def sample_vcf() -> str:
    """A change in each coding gene's tenth codon, and one between genes on each contig."""
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={name},length={length}>" for name, length in LENGTHS.items()]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    places = [(model.contig, model.coding_positions[28]) for model in genome().models if model.cds]
    places += [(name, 450) for name in LENGTHS]
    order = [*LENGTHS]
    for contig, position in sorted(set(places), key=lambda each: (order.index(each[0]), each[1])):
        ref = genome().base(contig, position)
        lines.append(f"{contig}\t{position}\t.\t{ref}\t{'ACGT'.replace(ref, '')[0]}\t.\tPASS\t.")
    return "\n".join([*lines, ""])
