"""Links to other sites about variants, genes and transcripts.

Those about variants depend on the assembly.
"""

import re
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from runtime.common.manifest import Contig
from runtime.vcf.padding import unpadded
from runtime.web.services.variants.variant import Variant

FLANK_BASES = 30
"""Bases on each side of a variant that a genome browser shows."""


class ExternalLink(NamedTuple):
    """A page of another site about a variant."""

    site: str
    what: str
    url: str


class Assembly(NamedTuple):
    """What other sites call an assembly."""

    gnomad: str
    ensembl: str


_ENSEMBL = "https://www.ensembl.org"
ASSEMBLIES = {
    "GRCh38": Assembly("gnomad_r4", _ENSEMBL),
    "GRCh37": Assembly("gnomad_r2_1", "https://grch37.ensembl.org"),
}

RCRS = "NC_012920.1"
"""The human mitochondrial genome, in GRCh38 and in later releases of GRCh37."""

# gnomAD's mitochondrial calls belong to release 3.1.
# https://gnomad.broadinstitute.org/news/2020-11-gnomad-v3-1-mitochondrial-dna-variants/
MITOCHONDRIAL_ASSEMBLY = Assembly("gnomad_r3", _ENSEMBL)


def links_of(variant: Variant, contig: Contig | None, assembly: str) -> list[ExternalLink]:
    """Return links to dbSNP, ClinVar, gnomAD and Ensembl, as far as they can be made.

    Args:
        variant: the variant.
        contig: its contig in the reference; None where the reference lacks it.
        assembly: the reference's, as its manifest names it.
    """
    ids = [each for each in variant.known_ids if each.startswith("rs") and each[2:].isdigit()]
    links = [
        ExternalLink("dbSNP", each, f"https://www.ncbi.nlm.nih.gov/snp/{each}") for each in ids
    ]
    if contig is None:
        return links
    mitochondrial = RCRS in (contig.accession, *contig.aliases)
    # A patch release, such as GRCh38.p14, has the same positions.
    known = ASSEMBLIES.get(assembly.partition(".")[0])
    known = known or (MITOCHONDRIAL_ASSEMBLY if mitochondrial else None)
    if known is None:
        return links
    name = "M" if mitochondrial else contig.name.removeprefix("chr")
    variant = _normalized(variant)
    links.append(_clinvar(variant, contig, ids, mitochondrial=mitochondrial))
    if variant.alt is not None and variant.not_annotated is None:
        links.append(_gnomad(variant, name, known, mitochondrial=mitochondrial))
    links.append(_ensembl(variant, "MT" if mitochondrial else name, ids, known))
    return links


_ENSEMBL_ID = re.compile(r"(ENS[A-Z]*[GTP]\d{11})(\.\d+)?")
_REFSEQ_ID = re.compile(r"[NX][MR]_\d+(\.\d+)?")


def id_url(identifier: str) -> str | None:
    """Return the page about a gene or a transcript of Ensembl, or a transcript of RefSeq.

    None for other identifiers.
    """
    if found := _ENSEMBL_ID.fullmatch(identifier):
        return f"{_ENSEMBL}/id/{found[1]}"
    if _REFSEQ_ID.fullmatch(identifier):
        return f"https://www.ncbi.nlm.nih.gov/nuccore/{identifier}"
    return None


def _normalized(variant: Variant) -> Variant:
    """The variant as other sites write it: in upper case, and without padding."""
    if variant.alt is None:
        return variant
    ref, alt = unpadded(variant.ref.upper(), variant.alt.upper())
    return replace(variant, ref=ref, alt=alt)


def _clinvar(
    variant: Variant, contig: Contig, ids: list[str], *, mitochondrial: bool
) -> ExternalLink:
    own = variant.fields.get("clinvar_id", "")
    if own.isdigit():
        url = f"https://www.ncbi.nlm.nih.gov/clinvar/variation/{own}/"
        return ExternalLink("ClinVar", "clinical significance", url)
    if ids:
        term = ids[0]
    else:
        chromosome = "MT" if mitochondrial else contig.name.removeprefix("chr")
        term = f"{chromosome}[chr] AND {variant.position}:{variant.end}[chrpos]"
    url = f"https://www.ncbi.nlm.nih.gov/clinvar/?term={quote(term)}"
    return ExternalLink("ClinVar", "clinical significance", url)


def _gnomad(
    variant: Variant, name: str, assembly: Assembly, *, mitochondrial: bool
) -> ExternalLink:
    variant_id = f"{name}-{variant.position}-{variant.ref}-{variant.alt}"
    dataset = MITOCHONDRIAL_ASSEMBLY.gnomad if mitochondrial else assembly.gnomad
    url = f"https://gnomad.broadinstitute.org/variant/{quote(variant_id)}?dataset={dataset}"
    return ExternalLink("gnomAD", "how frequent", url)


def _ensembl(variant: Variant, name: str, ids: list[str], assembly: Assembly) -> ExternalLink:
    if ids:
        path = f"Variation/Explore?v={quote(ids[0])}"
    else:
        first = max(1, variant.position - FLANK_BASES)
        path = f"Location/View?r={quote(name)}:{first}-{variant.end + FLANK_BASES}"
    return ExternalLink("Ensembl", "in the genome", f"{assembly.ensembl}/Homo_sapiens/{path}")
