"""Forms of a search, with what they find: the help shows them, and a test tries each."""

SEARCH_FORMS = {
    "NC_012920.1:m.3243A>G": "a change by its HGVS name, with or without the sequence in front",
    "A3243G": "a change of bases in the short form; MT-8270-CACCCCCTCT-C works too",
    "m.249del": "a deletion",
    "m.315dup": "a duplication",
    "m.3243": "a position",
    "chrM 3243": "a position of a contig, by any of the contig's names",
    "3400-3500": "a range of positions, on any contig",
    "chrM 3,200-3,500": "a range of positions of a contig",
    "R340H": "a change of the protein in one-letter codes",
    "p.Arg340His": "a change of the protein by its HGVS name",
    "MT-ND1:c.154G>A": "a change of a gene's transcript or protein",
    "ENSG00000198886": "a gene or a transcript by its identifier",
    "rs199474657": "an identifier of dbSNP",
    "8363469": "a report in PubMed by its identifier",
    "Leigh": "a condition, or a part of its name",
    "m.3243A>G, m.8344A>G": "several at once, parted by commas or semicolons",
}
