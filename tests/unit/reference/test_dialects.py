"""What each source of GFF3 calls things, in VEP's terms. All rows are invented."""

from pathlib import Path

from reference.options import ContigOptions
from tests.unit.reference.small import bases, build_small


def test_should_read_names_when_the_genes_are_ensembl_s(tmp_path: Path) -> None:
    small = build_small(
        tmp_path,
        "9 gene 101 900 - . ID=gene:ENSG00000000007;Name=INV%2D1;biotype=protein_coding;"
        "description=invented [Source:HGNC Symbol%3BAcc:HGNC:77];gene_id=ENSG00000000007;version=4",
        "9 mRNA 101 900 - . ID=transcript:ENST00000000007;Parent=gene:ENSG00000000007;"
        "biotype=protein_coding;ccdsid=CCDS1.1;tag=gencode_basic,Ensembl_canonical,MANE_Select;"
        "transcript_id=ENST00000000007;transcript_support_level=1 (assigned before);version=5",
        "9 exon 101 400 - . Parent=transcript:ENST00000000007;exon_id=ENSE00000000001;version=1",
        "9 exon 601 900 - . Parent=transcript:ENST00000000007;exon_id=ENSE00000000002;version=1",
        "9 CDS 201 400 - 2 ID=CDS:ENSP00000000007;Parent=transcript:ENST00000000007;"
        "protein_id=ENSP00000000007;version=2",
        "9 CDS 601 700 - 0 ID=CDS:ENSP00000000007;Parent=transcript:ENST00000000007;"
        "protein_id=ENSP00000000007;version=2",
    )

    row = small.transcripts["ENST00000000007"]
    del row["selenocysteines"]
    assert row == {
        "Feature": "ENST00000000007.5",
        "stable_id": "ENST00000000007",
        "Gene": "ENSG00000000007",
        "SYMBOL": "INV-1",
        "SYMBOL_SOURCE": "HGNC",
        "HGNC_ID": "HGNC:77",
        "BIOTYPE": "protein_coding",
        "STRAND": -1,
        "CANONICAL": True,
        "MANE_SELECT": "MANE_Select",
        "MANE_PLUS_CLINICAL": None,
        "TSL": 1,
        "APPRIS": None,
        "CCDS": "CCDS1.1",
        "ENSP": "ENSP00000000007.2",
        "FLAGS": "non_ATG_start",
        "contig": "9",
        "start": 101,
        "end": 900,
        "exon_count": 2,
        "cds_length": 300,
        "gene_biotype": "protein_coding",
        "source": "made",
    }
    assert small.left_out == {}


def test_should_read_names_when_the_genes_are_gencode_s(tmp_path: Path) -> None:
    small = build_small(
        tmp_path,
        "chr9 gene 101 700 + . ID=ENSG00000000008.6_PAR_Y;gene_id=ENSG00000000008.6_PAR_Y;"
        "gene_type=protein_coding;gene_name=INV2;level=2;hgnc_id=HGNC:78;havana_gene=OTTHUMG1.1",
        "chr9 transcript 101 700 + . ID=ENST00000000008.3_PAR_Y;Parent=ENSG00000000008.6_PAR_Y;"
        "gene_id=ENSG00000000008.6_PAR_Y;transcript_id=ENST00000000008.3_PAR_Y;"
        "gene_type=protein_coding;gene_name=INV2;transcript_type=nonsense_mediated_decay;"
        "transcript_name=INV2-201;level=2;protein_id=ENSP00000000008.1;"
        "transcript_support_level=5;tag=basic,appris_principal_2,CCDS,cds_end_NF;ccdsid=CCDS2.1",
        "chr9 exon 101 700 + . ID=exon:ENST00000000008.3:1;Parent=ENST00000000008.3_PAR_Y;"
        "exon_id=ENSE00000000008.1",
        "chr9 CDS 101 401 + 0 ID=CDS:ENST00000000008.3;Parent=ENST00000000008.3_PAR_Y;"
        "protein_id=ENSP00000000008.1",
        "chr9 start_codon 101 103 + 0 ID=start_codon:ENST00000000008.3;"
        "Parent=ENST00000000008.3_PAR_Y",
        "chr9 three_prime_UTR 402 700 + . ID=UTR3:ENST00000000008.3;Parent=ENST00000000008.3_PAR_Y",
        "chr9 stop_codon_redefined_as_selenocysteine 131 133 + . ID=s;"
        "Parent=ENST00000000008.3_PAR_Y",
        contigs={"9": bases(130) + "TGA" + bases(1_000)},
    )

    row = small.transcripts["ENST00000000008"]
    assert (row["Feature"], row["Gene"], row["ENSP"]) == (
        "ENST00000000008.3",
        "ENSG00000000008",
        "ENSP00000000008.1",
    )
    assert (row["SYMBOL"], row["SYMBOL_SOURCE"], row["HGNC_ID"]) == ("INV2", "HGNC", "HGNC:78")
    assert (row["BIOTYPE"], row["gene_biotype"]) == ("nonsense_mediated_decay", "protein_coding")
    assert (row["TSL"], row["APPRIS"], row["CCDS"]) == (5, "P2", "CCDS2.1")
    assert (row["contig"], row["CANONICAL"]) == ("9", False)
    assert row["FLAGS"] == "cds_end_NF&selenocysteine"
    assert row["selenocysteines"] == [11]


def test_should_keep_dots_in_ids_when_they_are_no_versions(tmp_path: Path) -> None:
    small = build_small(
        tmp_path,
        "I gene 101 900 + . ID=Gene:WBGene00000001;Name=WBGene00000001;locus=inv-4;"
        "sequence_name=Y1A2.3;biotype=protein_coding",
        "I mRNA 101 900 + . ID=Transcript:Y1A2.3a.1;Parent=Gene:WBGene00000001;Name=Y1A2.3a.1",
        "I mRNA 151 900 + . ID=Transcript:Y1A2.3b.1;Parent=Gene:WBGene00000001;Name=Y1A2.3b.1",
        "I exon 101 400 + . Parent=Transcript:Y1A2.3a.1",
        "I exon 151 400 + . Parent=Transcript:Y1A2.3b.1",
        # One row for what both transcripts have.
        "I exon 601 900 + . Parent=Transcript:Y1A2.3a.1,Transcript:Y1A2.3b.1",
        "I CDS 201 400 + 0 ID=CDS:Y1A2.3a;Parent=Transcript:Y1A2.3a.1,Transcript:Y1A2.3b.1",
        "I CDS 601 700 + 1 ID=CDS:Y1A2.3a;Parent=Transcript:Y1A2.3a.1,Transcript:Y1A2.3b.1",
        contigs={"I": bases()},
    )

    assert [(row["Feature"], row["ENSP"], row["exon_count"]) for row in small.rows] == [
        ("Y1A2.3a.1", "Y1A2.3a", 2),
        ("Y1A2.3b.1", "Y1A2.3a", 2),
    ]
    row = small.transcripts["Y1A2.3a.1"]
    assert (row["Gene"], row["SYMBOL"], row["BIOTYPE"]) == (
        "WBGene00000001",
        "inv-4",
        "protein_coding",
    )


def test_should_make_exons_of_cds_and_utrs_when_there_are_none(tmp_path: Path) -> None:
    small = build_small(
        tmp_path,
        "9 gene 101 900 + . ID=g1",
        "9 mRNA 101 900 + . ID=t1;Parent=g1",
        "9 three_prime_UTR 701 900 + . Parent=t1",
        "9 CDS 601 700 + 1 ID=c;Parent=t1",
        "9 CDS 201 400 + 0 ID=c;Parent=t1",
        "9 five_prime_UTR 101 200 + . Parent=t1",
        "9 gene 1001 1300 - . ID=g2",
        "9 mRNA 1001 1300 - . ID=t2;Parent=g2",
        "9 CDS 1001 1300 - 0 ID=d;Parent=t2",
    )

    assert [(row["stable_id"], row["exon_count"], row["cds_length"]) for row in small.rows] == [
        ("t1", 2, 300),
        ("t2", 1, 300),
    ]


def test_should_be_a_transcript_of_its_own_when_a_cds_has_no_parent(tmp_path: Path) -> None:
    small = build_small(
        tmp_path,
        "9 gene 101 400 + . ID=ABC_1_gene;locus_tag=ABC_1",
        "9 CDS 101 400 + 0 ID=ABC_1;locus_tag=ABC_1;product=invented;transl_table=11",
        "9 CDS 501 800 - 0 ID=ABC_2;Name=invA;gene=invA;locus_tag=ABC_2;transl_table=11",
        options=ContigOptions(),
    )

    assert [(row["stable_id"], row["Gene"], row["SYMBOL"]) for row in small.rows] == [
        ("ABC_1", "ABC_1", None),
        ("ABC_2", "ABC_2", "invA"),
    ]
    assert small.built.manifest.contigs[0].genetic_code == 11
