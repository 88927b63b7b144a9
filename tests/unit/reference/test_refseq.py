"""What RefSeq calls things, in VEP's terms. All rows are invented."""

from pathlib import Path

from tests.unit.reference.small import bases, build_small

REFSEQ = (
    (
        "NC_1.9 region 1 3000 + . ID=NC_1.9:1..3000;Dbxref=taxon:1;Name=9;chromosome=9;gbkey=Src;"
        "genome=chromosome;mol_type=genomic DNA"
    ),
    (
        "NC_1.9 gene 101 900 - . ID=gene-INV3;Dbxref=GeneID:4321,HGNC:HGNC:79,MIM:1;Name=INV3;"
        "description=invented%2C three;gbkey=Gene;gene=INV3;gene_biotype=protein_coding"
    ),
    (
        "NC_1.9 mRNA 101 900 - . ID=rna-NM_000003.4;Parent=gene-INV3;"
        "Dbxref=Ensembl:ENST00000000009.1,GeneID:4321,GenBank:NM_000003.4,HGNC:HGNC:79;"
        "Name=NM_000003.4;gbkey=mRNA;gene=INV3;product=invented;tag=MANE Select;"
        "transcript_id=NM_000003.4"
    ),
    "NC_1.9 exon 601 900 - . ID=exon-NM_000003.4-1;Parent=rna-NM_000003.4;gbkey=mRNA",
    "NC_1.9 exon 101 400 - . ID=exon-NM_000003.4-2;Parent=rna-NM_000003.4;gbkey=mRNA",
    (
        "NC_1.9 CDS 601 700 - 0 ID=cds-NP_000003.2;Parent=rna-NM_000003.4;"
        "Dbxref=CCDS:CCDS3.1,Ensembl:ENSP00000000009.1,GeneID:4321;Note=UGA is selenocysteine;"
        "gbkey=CDS;gene=INV3;protein_id=NP_000003.2;transl_except=(pos:complement(635..637)%2Caa:Sec)"
    ),
    (
        "NC_1.9 CDS 201 400 - 2 ID=cds-NP_000003.2;Parent=rna-NM_000003.4;"
        "Dbxref=CCDS:CCDS3.1,GeneID:4321;gbkey=CDS;gene=INV3;protein_id=NP_000003.2;"
        "transl_except=(pos:complement(635..637)%2Caa:Sec)"
    ),
    (
        "NC_1.9 gene 1001 1300 + . ID=gene-LOC5;Dbxref=GeneID:5;Name=LOC5;gbkey=Gene;gene=LOC5;"
        "gene_biotype=lncRNA"
    ),
    (
        "NC_1.9 lnc_RNA 1001 1300 + . ID=rna-XR_000005.1;Parent=gene-LOC5;"
        "Dbxref=GeneID:5,GenBank:XR_000005.1;gbkey=ncRNA;gene=LOC5;transcript_id=XR_000005.1"
    ),
    "NC_1.9 exon 1001 1300 + . ID=exon-XR_000005.1-1;Parent=rna-XR_000005.1;gbkey=ncRNA",
    (
        "NC_1.9 lnc_RNA 2001 2300 + . ID=rna-XR_000005.1-2;Parent=gene-LOC5;"
        "Dbxref=GeneID:5,GenBank:XR_000005.1;gbkey=ncRNA;gene=LOC5;transcript_id=XR_000005.1"
    ),
    "NC_1.9 exon 2001 2300 + . ID=exon-XR_000005.1-2-1;Parent=rna-XR_000005.1-2;gbkey=ncRNA",
    (
        "NC_1.9 pseudogene 1401 1500 + . ID=gene-PS1;Dbxref=GeneID:6;Name=PS1;gbkey=Gene;gene=PS1;"
        "gene_biotype=pseudogene;pseudo=true"
    ),
    "NC_1.9 exon 1401 1500 + . ID=id-PS1;Parent=gene-PS1;Dbxref=GeneID:6;gbkey=exon;gene=PS1",
    (
        "NC_1.9 gene 1601 1700 + . ID=gene-MIR9;Dbxref=GeneID:7,miRBase:MI1;Name=MIR9;gbkey=Gene;"
        "gene=MIR9;gene_biotype=miRNA"
    ),
    (
        "NC_1.9 primary_transcript 1601 1700 + . ID=rna-NR_000007.1;Parent=gene-MIR9;"
        "Dbxref=GeneID:7;gbkey=precursor_RNA;gene=MIR9;transcript_id=NR_000007.1"
    ),
    "NC_1.9 exon 1601 1700 + . ID=exon-NR_000007.1-1;Parent=rna-NR_000007.1",
    (
        "NC_1.9 miRNA 1611 1632 + . ID=rna-MIR9;Parent=rna-NR_000007.1;Dbxref=GeneID:7;gbkey=ncRNA;"
        "gene=MIR9;product=invented-miR"
    ),
    "NC_1.9 exon 1611 1632 + . ID=exon-MIR9-1;Parent=rna-MIR9",
    (
        "NC_2.1 region 1 3000 + . ID=NC_2.1:1..3000;Is_circular=true;Name=MT;gbkey=Src;"
        "genome=mitochondrion"
    ),
    (
        "NC_2.1 gene 101 400 + . ID=gene-ND9;Dbxref=GeneID:8;Name=ND9;gbkey=Gene;gene=ND9;"
        "gene_biotype=protein_coding"
    ),
    (
        "NC_2.1 CDS 101 400 + 0 ID=cds-YP_000008.1;Parent=gene-ND9;Dbxref=GenBank:YP_000008.1;"
        "gbkey=CDS;gene=ND9;protein_id=YP_000008.1;transl_table=5"
    ),
    (
        "NC_2.1 gene 501 570 + . ID=gene-TRNX;Dbxref=GeneID:9;Name=TRNX;gbkey=Gene;gene=TRNX;"
        "gene_biotype=tRNA"
    ),
    "NC_2.1 tRNA 501 570 + . ID=rna-TRNX;Parent=gene-TRNX;Dbxref=GeneID:9;gbkey=tRNA;gene=TRNX",
    "NC_2.1 exon 501 570 + . ID=exon-TRNX-1;Parent=rna-TRNX;gbkey=tRNA;gene=TRNX",
)


def test_should_read_names_when_the_genes_are_refseq_s(tmp_path: Path) -> None:
    nuclear = bases(634) + "TCA" + bases(2_363)
    small = build_small(tmp_path, *REFSEQ, contigs={"NC_1.9": nuclear, "NC_2.1": bases()})

    row = small.transcripts["NM_000003.4"]
    assert (row["Feature"], row["Gene"], row["ENSP"]) == ("NM_000003.4", "4321", "NP_000003.2")
    assert (row["SYMBOL"], row["SYMBOL_SOURCE"], row["HGNC_ID"]) == (
        "INV3",
        "EntrezGene",
        "HGNC:79",
    )
    assert (row["CANONICAL"], row["MANE_SELECT"]) == (True, "ENST00000000009.1")
    assert (row["CCDS"], row["BIOTYPE"], row["cds_length"]) == ("CCDS3.1", "protein_coding", 300)
    assert row["selenocysteines"] == [22]
    assert {
        (row["stable_id"], row["start"], row["Gene"], row["BIOTYPE"]) for row in small.rows
    } == {
        ("NM_000003.4", 101, "4321", "protein_coding"),
        ("XR_000005.1", 1001, "5", "lncRNA"),
        # The same model in a second place has its ID for a name.
        ("XR_000005.1-2", 2001, "5", "lncRNA"),
        ("PS1", 1401, "6", "pseudogene"),
        ("NR_000007.1", 1601, "7", "misc_RNA"),
        ("MIR9", 1611, "7", "miRNA"),
        ("ND9", 101, "8", "protein_coding"),
        ("TRNX", 501, "9", "tRNA"),
    }
    assert small.left_out == {}


def test_should_know_a_contig_s_names_and_code_when_refseq_tells_them(tmp_path: Path) -> None:
    small = build_small(tmp_path, *REFSEQ, contigs={"NC_1.9": bases(), "NC_2.1": bases()})

    nuclear, mitochondrial = small.built.manifest.contigs
    assert (nuclear.aliases, nuclear.genetic_code, nuclear.circular) == (["9", "chr9"], 1, False)
    assert mitochondrial.aliases == ["MT", "chrM", "M", "chrMT"]
    assert (mitochondrial.genetic_code, mitochondrial.circular) == (5, True)
    assert small.built.manifest.csq_genes == "csq.gff3.gz"


def test_should_flag_open_ends_when_refseq_says_that_a_cds_is_partial(tmp_path: Path) -> None:
    small = build_small(
        tmp_path,
        "9 gene 101 400 - . ID=gene-A;gbkey=Gene;gene=A",
        "9 mRNA 101 400 - . ID=rna-A;Parent=gene-A;gbkey=mRNA;partial=true",
        "9 exon 101 400 - . ID=e;Parent=rna-A",
        "9 CDS 101 400 - 0 ID=cds-A;Parent=rna-A;partial=true;start_range=.,101;end_range=400,.",
        "9 gene 501 800 + . ID=gene-B;gbkey=Gene;gene=B",
        "9 mRNA 501 800 + . ID=rna-B;Parent=gene-B;gbkey=mRNA;partial=true",
        "9 exon 501 800 + . ID=f;Parent=rna-B",
        "9 CDS 501 800 + 0 ID=cds-B;Parent=rna-B;partial=true;end_range=800,.",
        "9 gene 901 1199 + . ID=gene-C",
        "9 mRNA 901 1199 + . ID=rna-C;Parent=gene-C",
        "9 exon 901 1199 + . ID=g;Parent=rna-C",
        "9 CDS 901 1199 + 1 ID=cds-C;Parent=rna-C",
    )

    flags = {row["stable_id"]: row["FLAGS"] for row in small.rows}
    assert flags == {
        "A": "cds_start_NF&cds_end_NF",
        "B": "cds_end_NF&non_ATG_start",
        # Begins within a codon, and ends within one.
        "C": "cds_start_NF&cds_end_NF",
    }


def test_should_flag_the_transcript_when_its_source_reads_other_bases_or_another_frame(
    tmp_path: Path,
) -> None:
    noted = "Note=The RefSeq transcript has 1 substitution compared to this genomic sequence;"
    small = build_small(
        tmp_path,
        "9 gene 101 400 + . ID=gene-A;gbkey=Gene;gene=A",
        "9 mRNA 101 400 + . ID=rna-A;Parent=gene-A;"
        f"{noted}exception=annotated by transcript or proteomic data",
        "9 exon 101 400 + . ID=e;Parent=rna-A",
        "9 CDS 101 400 + 0 ID=cds-A;Parent=rna-A",
        "9 gene 501 900 + . ID=gene-B;gbkey=Gene;gene=B",
        "9 mRNA 501 900 + . ID=rna-B;Parent=gene-B",
        "9 exon 501 600 + . ID=f;Parent=rna-B",
        "9 exon 701 900 + . ID=f;Parent=rna-B",
        # After 100 bases, two more end a codon.
        "9 CDS 501 600 + 0 ID=cds-B;Parent=rna-B",
        "9 CDS 701 900 + 1 ID=cds-B;Parent=rna-B",
    )

    flags = {row["stable_id"]: row["FLAGS"] for row in small.rows}
    assert flags == {"A": "sequence_differs", "B": "frame_differs&non_ATG_start"}
