"""The tables of vepyr's cache: those that vepyr 0.10.0's own `build-cache` writes for VEP 115.

An internal contract of that library: the versions are pinned, and the tests read a cache back
through vepyr. What a GFF3 doesn't hold stays null.
"""

import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

RELEASE = 116
"""The VEP release that a cache is labelled with; vepyr follows its rules."""
ENGINE_VERSION = "0.10.0"
VERSION_KEY = b"bio.vep.cache_version"
"""In the metadata of each file of a cache: the release that it is of."""

_TEXT, _LONG, _INT, _BYTE, _FLAG = pa.string(), pa.int64(), pa.int32(), pa.int8(), pa.bool_()


def _required(**types: pa.DataType) -> "list[pa.Field[Any]]":
    return [pa.field(name, kind, nullable=False) for name, kind in types.items()]


def _optional(**types: pa.DataType) -> "list[pa.Field[Any]]":
    return [pa.field(name, kind) for name, kind in types.items()]


SEGMENT_FIELDS = _required(
    genomic_start=_LONG, genomic_end=_LONG, cdna_start=_LONG, cdna_end=_LONG, ori=_BYTE
)
EXON_FIELDS = _required(start=_LONG, end=_LONG, phase=_BYTE)
_EDIT = pa.struct(
    [
        *_required(start=_LONG, end=_LONG),
        *_optional(replacement_len=_LONG),
        *_required(skip_refseq_offset=_FLAG),
    ]
)
_STRETCH = pa.struct(_required(start=_LONG, end=_LONG))
_DOMAIN = pa.struct(_optional(analysis=_TEXT, hseqname=_TEXT, start=_LONG, end=_LONG))

_PLACE = _required(chrom=_TEXT, start=_LONG, end=_LONG, strand=_BYTE)
_ORIGIN = [
    *_required(species=_TEXT, assembly=_TEXT, cache_version=_TEXT),
    *_optional(serializer_type=_TEXT),
    *_required(source_cache_path=_TEXT, source_file=_TEXT),
]

_TRANSCRIPT = [
    *_PLACE,
    *_required(stable_id=_TEXT),
    *_optional(
        db_id=_LONG,
        version=_INT,
        biotype=_TEXT,
        source=_TEXT,
        is_canonical=_FLAG,
        gene_stable_id=_TEXT,
        gene_symbol=_TEXT,
        gene_symbol_source=_TEXT,
        gene_hgnc_id=_TEXT,
        gene_hgnc_id_native=_TEXT,
        refseq_id=_TEXT,
        display_xref_id=_TEXT,
        source_cache=_TEXT,
        refseq_match=_TEXT,
        refseq_edits=pa.list_(_EDIT),
    ),
    *_required(is_gencode_basic=_FLAG, is_gencode_primary=_FLAG),
    *_optional(
        cds_start=_LONG,
        cds_end=_LONG,
        cdna_coding_start=_LONG,
        cdna_coding_end=_LONG,
        translation_stable_id=_TEXT,
        translation_start=_LONG,
        translation_end=_LONG,
        exon_count=_INT,
        exons=pa.list_(pa.struct(EXON_FIELDS)),
        cdna_seq=_TEXT,
        peptide_seq=_TEXT,
        codon_table=_INT,
        tsl=_INT,
        appris=_TEXT,
        mane_select=_TEXT,
        mane_plus_clinical=_TEXT,
        gene_phenotype=_FLAG,
        ccds=_TEXT,
        swissprot=_TEXT,
        trembl=_TEXT,
        uniparc=_TEXT,
        uniprot_isoform=_TEXT,
        cds_start_nf=_FLAG,
        cds_end_nf=_FLAG,
        mature_mirna_regions=pa.list_(_STRETCH),
        ncrna_structure=_TEXT,
        translateable_seq=_TEXT,
        three_prime_utr_seq=_TEXT,
        five_prime_utr_seq=_TEXT,
        cdna_mapper_segments=pa.list_(pa.struct(SEGMENT_FIELDS)),
        bam_edit_status=_TEXT,
        has_non_polya_rna_edit=_FLAG,
        spliced_seq=_TEXT,
        flags_str=_TEXT,
    ),
    *_ORIGIN,
    *_required(transcript_uid=pa.uint32()),
]

_EXON = [
    *_PLACE,
    *_optional(
        stable_id=_TEXT,
        version=_INT,
        phase=_BYTE,
        end_phase=_BYTE,
        is_current=_FLAG,
        is_constitutive=_FLAG,
    ),
    *_required(transcript_id=_TEXT),
    *_optional(gene_stable_id=_TEXT),
    *_required(exon_number=_INT),
    *_ORIGIN,
]

_TRANSLATION = [
    *_required(transcript_id=_TEXT),
    *_optional(
        stable_id=_TEXT,
        version=_INT,
        cds_len=_LONG,
        protein_len=_LONG,
        translation_seq=_TEXT,
        cds_sequence=_TEXT,
        translation_seq_canonical=_TEXT,
        cds_sequence_canonical=_TEXT,
        protein_features=pa.list_(_DOMAIN),
    ),
]

_VARIATION = [
    *_required(chrom=_TEXT, start=pa.uint32(), end=pa.uint32(), allele_string=_TEXT, failed=_FLAG),
    *_optional(
        variation_name=_TEXT,
        clin_sig=_TEXT,
        clin_sig_allele=_TEXT,
        strand=_BYTE,
        clinical_impact=_TEXT,
    ),
    *_required(phenotype_or_disease=_FLAG),
    *_optional(pubmed=_TEXT),
    *_required(somatic=_FLAG),
    *_optional(
        minor_allele=_TEXT,
        minor_allele_freq=pa.float64(),
        clinvar_ids=_TEXT,
        cosmic_ids=_TEXT,
        dbsnp_ids=_TEXT,
    ),
    *_required(tier=_BYTE),
    *_optional(
        af_global_alleles=pa.list_(_TEXT),
        af_global_freqs=pa.list_(pa.float32()),
        af_gnomade_alleles=pa.list_(_TEXT),
        af_gnomade_freqs=pa.list_(pa.float32()),
        af_gnomadg_alleles=pa.list_(_TEXT),
        af_gnomadg_freqs=pa.list_(pa.float32()),
    ),
]

_PREDICTION = _required(key=pa.uint64(), sift=pa.binary(), poly=pa.binary())

TRANSCRIPT, EXON, TRANSLATION, VARIATION, PREDICTION = (
    pa.schema(fields) for fields in (_TRANSCRIPT, _EXON, _TRANSLATION, _VARIATION, _PREDICTION)
)


def metadata(contigs: Iterable[str]) -> dict[bytes, bytes]:
    """What vepyr reads from the metadata of each Parquet file."""
    return {
        b"bio.coordinate_system_zero_based": b"false",
        b"bio.vep.cache_bam_edited": b"false",
        b"bio.vep.cache_source_type": b"ensembl",
        VERSION_KEY: str(RELEASE).encode(),
        b"bio.vep.chromosomes": json.dumps(list(contigs)).encode(),
    }
