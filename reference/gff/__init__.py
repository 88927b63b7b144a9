"""GFF3 of Ensembl, GENCODE, RefSeq and others -> transcripts, exons and CDS in one form."""
