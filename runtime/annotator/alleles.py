"""Which alleles the engine can annotate, and why not the others."""

import re
from dataclasses import dataclass
from enum import StrEnum

from runtime.annotator.bundle import Bundle
from runtime.annotator.limits import Limits
from runtime.common.manifest import Contig
from runtime.vcf.genetic_codes import STANDARD
from runtime.vcf.padding import unpadded


class Skip(StrEnum):
    """Why an allele is kept but not annotated."""

    UNKNOWN_CONTIG = "unknown_contig"
    NO_ALTERNATE = "no_alternate_allele"
    SYMBOLIC = "symbolic_allele"
    BREAKEND = "breakend"
    OVERLAPPING_DELETION = "overlapping_deletion"
    AMBIGUOUS = "ambiguous_bases"
    INVALID = "invalid_allele"
    REF_MISMATCH = "reference_mismatch"
    SAME_AS_REF = "same_as_reference"
    TOO_LONG = "allele_too_long"


EXPLANATIONS = {
    Skip.UNKNOWN_CONTIG: "on a contig that the reference doesn't have",
    Skip.NO_ALTERNATE: "ALT is '.': no variant",
    Skip.SYMBOLIC: "symbolic allele, such as <DEL>",
    Skip.BREAKEND: "breakend",
    Skip.OVERLAPPING_DELETION: "'*': deleted by a variant before it",
    Skip.AMBIGUOUS: "REF or ALT has ambiguous bases, such as N or R",
    Skip.INVALID: "ALT is no allele that VCF knows",
    Skip.REF_MISMATCH: "REF is not what the reference has there",
    Skip.SAME_AS_REF: "ALT is the same as REF",
    Skip.TOO_LONG: "allele too long for the engine",
}

_ONE_BASE = frozenset({b"A", b"C", b"G", b"T"})
_BASES = re.compile(rb"[ACGTacgt]+")
# https://www.bioinformatics.org/sms/iupac.html
_IUPAC = re.compile(rb"[ACGTUNRYSWKMBDHVacgtunryswkmbdhv]+")
_BREAKEND = re.compile(rb".*[\[\]].*|\.[A-Za-z]+|[A-Za-z]+\.")


def form_of(alt: bytes) -> Skip | None:
    """Return why the form of an ALT allele can't be annotated, None when it's plain bases."""
    if alt in _ONE_BASE or _BASES.fullmatch(alt):
        return None
    if alt == b".":
        return Skip.NO_ALTERNATE
    if alt == b"*":
        return Skip.OVERLAPPING_DELETION
    if alt.startswith(b"<"):
        return Skip.SYMBOLIC
    if _IUPAC.fullmatch(alt):
        return Skip.AMBIGUOUS
    return Skip.BREAKEND if _BREAKEND.fullmatch(alt) else Skip.INVALID


@dataclass(frozen=True)
class Judge:
    """Decides about alleles by the bundle's reference."""

    bundle: Bundle
    limits: Limits

    def contradicts(self, contig: Contig, position: int, ref: bytes) -> bool:
        """Whether REF (any case) isn't what the reference has at `position`, from 1."""
        return self.bundle.fasta.bases(contig.name, position, len(ref)) != ref.upper() or not ref

    def skips(
        self, contig: Contig | None, ref: bytes, alts: bytes, *, contradicts: bool
    ) -> list[Skip | None]:
        """Return for each allele of the ALT column why it's skipped, None where it isn't."""
        if contig is None:
            return [Skip.UNKNOWN_CONTIG] * (alts.count(b",") + 1)
        verdict = self._skip_all(contig, ref, contradicts=contradicts)
        return [form_of(alt) or verdict or self._skip(ref, alt) for alt in alts.split(b",")]

    def _skip_all(self, contig: Contig, ref: bytes, *, contradicts: bool) -> Skip | None:
        """Why no allele of plain bases with this REF can be annotated."""
        if contradicts:
            return Skip.REF_MISMATCH
        if len(ref) > self.limits.allele_bases:
            return Skip.TOO_LONG
        # bcftools csq takes an N of the reference: base 3107 of rCRS is one. vepyr doesn't.
        ambiguous = contig.genetic_code == STANDARD and not _BASES.fullmatch(ref)
        return Skip.AMBIGUOUS if ambiguous else None

    def _skip(self, ref: bytes, alt: bytes) -> Skip | None:
        if len(alt) > self.limits.inserted_bases:
            return Skip.TOO_LONG
        return Skip.SAME_AS_REF if ref.upper() == alt.upper() else None


# Of a gVCF: what any other allele there would be.
_ANY_ALLELE = (b"<*>", b"<NON_REF>")

_SYMBOLIC_CLASSES = {
    b"DEL": "deletion",
    b"INS": "insertion",
    b"DUP": "duplication",
    b"INV": "inversion",
    b"CNV": "copy_number_variation",
}


def variant_class(ref: bytes, alt: bytes) -> str | None:
    """Classify an allele by its own bases, without padding; None where ALT is no variant.

    Terms of https://www.ensembl.org/info/genome/variation/prediction/classification.html
    """
    if len(ref) == 1 and alt in _ONE_BASE:
        return "SNV"
    form = form_of(alt)
    if form is None or form is Skip.AMBIGUOUS:
        return _class_of_bases(ref, alt)
    if form in (Skip.NO_ALTERNATE, Skip.OVERLAPPING_DELETION) or alt in _ANY_ALLELE:
        return None
    if form is Skip.BREAKEND:
        return "chromosome_breakpoint"
    if form is Skip.SYMBOLIC:
        return _SYMBOLIC_CLASSES.get(alt[1:4], "sequence_alteration")
    return "sequence_alteration"


def _class_of_bases(ref: bytes, alt: bytes) -> str:
    ref, alt = unpadded(ref.upper(), alt.upper())
    if len(ref) == len(alt):
        return "SNV" if len(ref) == 1 else "substitution"
    if alt.startswith(ref) or alt.endswith(ref):
        return "insertion"
    return "deletion" if ref.startswith(alt) or ref.endswith(alt) else "indel"
