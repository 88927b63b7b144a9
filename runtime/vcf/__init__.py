"""The format: alleles, padding, sequences, bgzip, terms of consequences. Knows no job, no AWS."""
