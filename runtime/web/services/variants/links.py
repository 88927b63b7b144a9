"""Where else to read about a variant. Which addresses there are depends on the assembly."""

from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from runtime.common.manifest import Contig
from runtime.vcf.padding import unpadded
from runtime.web.services.variants.genomic import Bases, description
from runtime.web.services.variants.rows import Variant

MITOCHONDRIAL = frozenset({"MT", "M", "chrM", "chrMT"})
FLANK = 30
"""Bases on each side of a variant that a genome browser shows."""


class Link(NamedTuple):
    """A page of another site about a variant."""

    site: str
    what: str
    url: str


class Assembly(NamedTuple):
    """What other sites call an assembly."""

    gnomad: str
    ensembl: str


_NOW = "https://www.ensembl.org"
ASSEMBLIES = {
    "GRCh38": Assembly("gnomad_r4", _NOW),
    "GRCh37": Assembly("gnomad_r2_1", "https://grch37.ensembl.org"),
}

# rCRS is the mitochondrial genome of GRCh38; gnomAD's mitochondrial calls belong to release 3.1.
# https://gnomad.broadinstitute.org/news/2020-11-gnomad-v3-1-mitochondrial-dna-variants/
MITOCHONDRIAL_ASSEMBLY = Assembly("gnomad_r3", _NOW)


def links_of(variant: Variant, contig: Contig | None, assembly: str) -> list[Link]:
    """Return pages about a variant at dbSNP, ClinVar, gnomAD and Ensembl, those there may be.

    Args:
        variant: the variant.
        contig: its contig in the reference; None where the reference lacks it.
        assembly: the reference's, as its manifest names it.
    """
    ids = [each for each in variant.known_ids if each.startswith("rs") and each[2:].isdigit()]
    found = [Link("dbSNP", each, f"https://www.ncbi.nlm.nih.gov/snp/{each}") for each in ids]
    if contig is None:
        return found
    names = {contig.name, *contig.aliases}
    mitochondrial = bool(names & MITOCHONDRIAL)
    known = ASSEMBLIES.get(assembly) or (MITOCHONDRIAL_ASSEMBLY if mitochondrial else None)
    if known is None:
        return found
    name = "M" if mitochondrial else contig.name.removeprefix("chr")
    variant = _unpadded(variant)
    found.append(_clinvar(variant, contig, ids, mitochondrial=mitochondrial))
    if variant.alt is not None and variant.not_annotated is None:
        found.append(_gnomad(variant, name, known, mitochondrial=mitochondrial))
    found.append(_ensembl(variant, "MT" if mitochondrial else name, ids, known))
    return found


def genomic_name(variant: Variant, contig: Contig, bases: Bases) -> str | None:
    """Return the change in HGVS's genomic notation.

    None where no accession is known of the contig, and for what isn't annotated: REF may not be
    what is there, or ALT no bases.

    Args:
        variant: the variant.
        contig: its contig in the reference.
        bases: the contig's.
    """
    accession = _accession(contig)
    if not accession or not variant.alt or variant.not_annotated is not None:
        return None
    change = description(variant.position, variant.ref.upper(), variant.alt.upper(), bases)
    kind = "m" if {contig.name, *contig.aliases} & MITOCHONDRIAL else "g"
    return f"{accession}:{kind}.{change}" if change else None


def _unpadded(variant: Variant) -> Variant:
    """The variant as other sites write it: in capitals, and no base more than it changes."""
    if variant.alt is None:
        return variant
    ref, alt = unpadded(variant.ref.upper(), variant.alt.upper())
    return replace(variant, ref=ref, alt=alt)


def _accession(contig: Contig) -> str | None:
    return next((name for name in (contig.name, *contig.aliases) if name.startswith("NC_")), None)


def _clinvar(variant: Variant, contig: Contig, ids: list[str], *, mitochondrial: bool) -> Link:
    if ids:
        term = ids[0]
    else:
        chromosome = "MT" if mitochondrial else contig.name.removeprefix("chr")
        term = f"{chromosome}[chr] AND {variant.position}:{variant.last}[chrpos]"
    url = f"https://www.ncbi.nlm.nih.gov/clinvar/?term={quote(term)}"
    return Link("ClinVar", "clinical significance", url)


def _gnomad(variant: Variant, name: str, assembly: Assembly, *, mitochondrial: bool) -> Link:
    place = f"{name}-{variant.position}-{variant.ref}-{variant.alt}"
    dataset = MITOCHONDRIAL_ASSEMBLY.gnomad if mitochondrial else assembly.gnomad
    url = f"https://gnomad.broadinstitute.org/variant/{quote(place)}?dataset={dataset}"
    return Link("gnomAD", "how frequent", url)


def _ensembl(variant: Variant, name: str, ids: list[str], assembly: Assembly) -> Link:
    if ids:
        path = f"Variation/Explore?v={quote(ids[0])}"
    else:
        first = max(1, variant.position - FLANK)
        path = f"Location/View?r={quote(name)}:{first}-{variant.last + FLANK}"
    return Link("Ensembl", "in the genome", f"{assembly.ensembl}/Homo_sapiens/{path}")
