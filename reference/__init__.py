"""Builds reference bundles: FASTA, GFF3 and VCFs of any organism in, a checked folder out."""
