"""What flags of transcripts and columns of tracks mean.

https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#output
"""

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
