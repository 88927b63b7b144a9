"""What the columns and flags of a result mean: those of Ensembl VEP, and this service's own.

https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#output
"""

COLUMNS = {
    "record": "Number of the record in your file, from 1",
    "variant": "Number of the allele in this table, from 1; the table of genotypes has it too",
    "contig": "The reference's name of the contig; your own where the reference lacks it",
    "position": "POS of your file",
    "id": "ID of your file",
    "ref": "REF of your file",
    "alt": "One ALT allele of the record",
    "allele": "Which ALT allele of the record it is, from 1",
    "quality": "QUAL of your file",
    "filter": "FILTER of your file",
    "allele_frequency": "INFO/AF of your file, of this allele",
    "sample_AN": "Alleles that were called in the samples of your file",
    "sample_AC": "Copies of this allele in the samples of your file",
    "sample_nhomalt": "Samples of your file with two copies of this allele and no other",
    "not_annotated": "Why the allele isn't annotated; empty where it is",
    "Consequence": "Terms of the Sequence Ontology, the most severe first, joined by &",
    "IMPACT": "Of the most severe of these terms: HIGH, MODERATE, LOW or MODIFIER",
    "SYMBOL": "Name of the gene",
    "Gene": "Identifier of the gene",
    "Feature_type": "Transcript, or empty between genes",
    "Feature": "Identifier of the transcript, with its version",
    "BIOTYPE": "Kind of the transcript",
    "EXON": "Number of the exon, and how many the transcript has",
    "INTRON": "Number of the intron, and how many the transcript has",
    "HGVSg": "HGVS name on the contig",
    "HGVSc": "HGVS name on the transcript",
    "HGVSp": "HGVS name on the protein, as predicted",
    "cDNA_position": "Position in the transcript, from 1",
    "CDS_position": "Position in the coding sequence, from 1",
    "Protein_position": "Position in the protein, from 1",
    "protein_start": "The first number of Protein_position",
    "Amino_acids": "Of the reference, and of the allele where they differ",
    "Codons": "Of the reference and of the allele, the changed bases in upper case",
    "STRAND": "1 for the forward strand, -1 for the reverse",
    "FLAGS": "What to know of the transcript, joined by &",
    "VARIANT_CLASS": "Kind of the variant",
    "SYMBOL_SOURCE": "Where the gene's name comes from",
    "HGNC_ID": "Identifier of the gene in HGNC",
    "CANONICAL": "Whether it is the gene's canonical transcript",
    "MANE_SELECT": "The RefSeq transcript that is the same as this MANE Select transcript",
    "MANE_PLUS_CLINICAL": "Likewise for MANE Plus Clinical",
    "TSL": "Transcript support level, 1 is the best",
    "APPRIS": "How likely the transcript is the gene's principal one",
    "CCDS": "Identifier of the coding sequence in CCDS",
    "ENSP": "Identifier of the protein, with its version",
    "SIFT": "What SIFT predicts of the changed amino acid, with its score: 0 is the most damaging",
    "PolyPhen": "What PolyPhen (HumVar) predicts of it, with its score: 1 is the most damaging",
    "PICK": "Whether the effect stands for the allele where only one can: MANE Select first, then "
    "MANE Plus Clinical, canonical, the most severe, the longest transcript",
    "most_severe": "Whether no effect of the allele is more severe",
    "most_severe_consequence": "The most severe term of all effects of the allele",
}
"""The columns of Parquet and TSV, but those of the reference's tracks."""

PREDICTIONS = ("SIFT", "PolyPhen")
"""Those of COLUMNS that a result has only where its reference has predictions."""

FLAGS = {
    "cds_start_NF": "incomplete model: the start of its coding sequence isn't known, so positions "
    "and names count from the first known base",
    "cds_end_NF": "incomplete model: the end of its coding sequence isn't known",
    "selenocysteine": "has a selenocysteine, whose codon is elsewhere a stop codon",
    "non_ATG_start": "its start codon isn't ATG",
    "sequence_differs": "RefSeq's transcript has other bases than the genome, so codons and names "
    "may be wrong",
    "frame_differs": "the file of genes contradicts itself about the reading frame, so codons and "
    "names may be wrong",
}


_FIELD_WORDS = {
    "id": "ID",
    "af": "allele frequency",
    "ac": "allele count",
    "an": "number of alleles",
    "nhomalt": "homozygotes",
}
_NAMES = {
    "dbsnp": "dbSNP",
    "clinvar": "ClinVar",
    "gnomad": "gnomAD",
    "gnomade": "gnomAD exomes",
    "gnomadg": "gnomAD genomes",
}


def field_label(column: str) -> str:
    """Say what a column of a track holds: gnomad_exomes_nhomalt is gnomAD exomes homozygotes."""
    *track, last = column.split("_")
    label = " ".join([*(_NAMES.get(each, each) for each in track), _FIELD_WORDS.get(last, last)])
    named = bool(track) and track[0] in _NAMES
    return label if named else label[:1].upper() + label[1:]


def flag_meaning(flag: str) -> str:
    """Say what a flag of a transcript means; one that isn't known here is said as it is."""
    return FLAGS.get(flag, flag)
