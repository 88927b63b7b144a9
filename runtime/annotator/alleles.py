"""Which alleles the engines can annotate, and why not the others."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.limits import Limits
from runtime.vcf.genetic_codes import STANDARD
from runtime.vcf.padding import unpadded
from runtime.vcf.ref_bases import contradicts


class Skip(StrEnum):
    """Why an allele is kept but not annotated."""

    UNKNOWN_CONTIG = "unknown_contig"
    OTHER_SEQUENCE = "other_sequence"
    PAST_END = "past_contig_end"
    PAST_END_OF_CIRCLE = "past_end_of_circular_contig"
    NO_ALTERNATE = "no_alternate_allele"
    SYMBOLIC = "symbolic_allele"
    BREAKEND = "breakend"
    OVERLAPPING_DELETION = "overlapping_deletion"
    AMBIGUOUS = "ambiguous_bases"
    INVALID = "invalid_allele"
    REF_MISMATCH = "reference_mismatch"
    SAME_AS_REF = "same_as_reference"
    TOO_LONG = "allele_too_long"
    UNSPECIFIED = "unspecified_allele"


EXPLANATIONS = {
    Skip.UNKNOWN_CONTIG: "on a contig that the reference doesn't have",
    Skip.OTHER_SEQUENCE: "on a contig that is another sequence than the reference's",
    Skip.PAST_END: "past the end of the contig",
    Skip.PAST_END_OF_CIRCLE: "past the end of a circular contig: count on from position 1",
    Skip.NO_ALTERNATE: "ALT is '.': no variant",
    Skip.SYMBOLIC: "symbolic allele, such as <DEL>",
    Skip.BREAKEND: "breakend",
    Skip.OVERLAPPING_DELETION: "'*': deleted by a variant before it",
    Skip.AMBIGUOUS: "REF or ALT has ambiguous bases, such as N or R",
    Skip.INVALID: "ALT is no allele that VCF knows",
    Skip.REF_MISMATCH: "REF is not what the reference has there",
    Skip.SAME_AS_REF: "ALT is the same as REF",
    Skip.TOO_LONG: "allele too long for the engine",
    Skip.UNSPECIFIED: "stands for any other allele",
}

UNSPECIFIED_ALLELES = ("<*>", "<NON_REF>")
"""What a gVCF writes for any other allele that there could be. Alone it makes a reference block;
beside others it is no allele of its own. https://samtools.github.io/hts-specs/VCFv4.3.pdf, 5.5"""

_BASES = r"^[ACGTacgt]+$"
# https://www.bioinformatics.org/sms/iupac.html
_IUPAC = re.compile(r"[ACGTUNRYSWKMBDHVacgtunryswkmbdhv]+")
_BREAKEND = re.compile(r".*[\[\]].*|\.[A-Za-z]+|[A-Za-z]+\.", re.DOTALL)


def form_of(alt: str) -> Skip:
    """Return why an ALT allele that isn't plain bases can't be annotated."""
    if alt == ".":
        return Skip.NO_ALTERNATE
    if alt == "*":
        return Skip.OVERLAPPING_DELETION
    if alt.startswith("<"):
        return Skip.SYMBOLIC
    if _IUPAC.fullmatch(alt):
        return Skip.AMBIGUOUS
    return Skip.BREAKEND if _BREAKEND.fullmatch(alt) else Skip.INVALID


@dataclass(frozen=True)
class Judge:
    """Decides about alleles by the bundle's reference.

    Attributes:
        others: contigs of the file that the bundle has by name, but as another sequence.
    """

    bundle: Bundle
    limits: Limits
    others: frozenset[str] = frozenset()

    def contradicts(self, groups: pl.DataFrame) -> pl.Series:
        """Whether REF (any case) isn't what the reference has; null on unknown contigs.

        Args:
            groups: `contig` (its place in the manifest, or null), `position`, `ref`.
        """
        found = pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(groups))
        rows = groups.with_row_index("_row")
        for place in groups["contig"].unique().drop_nulls():
            here = rows.filter(pl.col("contig") == place)
            name = self.bundle.manifest.contigs[place].name
            found = found.scatter(here["_row"], contradicts(self.bundle.fasta, name, here))
        return found

    def skips(self, alleles: pl.DataFrame) -> pl.Series:
        """Why each allele is skipped; null where it isn't.

        Args:
            alleles: `chrom`, `contig`, `position`, `ref`, `alt`, and `block` and `contradicts` of
                their group.
        """
        standard = [
            at
            for at, contig in enumerate(self.bundle.manifest.contigs)
            if contig.genetic_code == STANDARD
        ]
        ref, alt = pl.col("ref"), pl.col("alt")
        plain = alt.str.contains(_BASES)
        odd = alleles.filter(~plain)["alt"].unique()
        forms = {each: form_of(each).value for each in odd}
        too_long = (ref.str.len_bytes() > self.limits.allele_bases) | (
            alt.str.len_bytes() > self.limits.inserted_bases
        )
        # bcftools csq takes an N of the reference: base 3107 of rCRS is one. vepyr doesn't.
        ambiguous = pl.col("contig").is_in(standard) & ~ref.str.contains(_BASES)
        form = alt.replace_strict(forms, default=None, return_dtype=pl.String) if forms else None
        return alleles.select(
            pl.when(alt.is_in(UNSPECIFIED_ALLELES) | pl.col("block"))
            .then(pl.lit(Skip.UNSPECIFIED.value))
            .when(pl.col("contig").is_null() & pl.col("chrom").is_in(self.others))
            .then(pl.lit(Skip.OTHER_SEQUENCE.value))
            .when(pl.col("contig").is_null())
            .then(pl.lit(Skip.UNKNOWN_CONTIG.value))
            .when(~plain)
            .then(form)
            .when(self._past_end(alleles))
            .then(self._past_which_end(alleles))
            .when("contradicts")
            .then(pl.lit(Skip.REF_MISMATCH.value))
            .when(too_long)
            .then(pl.lit(Skip.TOO_LONG.value))
            .when(ambiguous)
            .then(pl.lit(Skip.AMBIGUOUS.value))
            .when(ref.str.to_uppercase() == alt.str.to_uppercase())
            .then(pl.lit(Skip.SAME_AS_REF.value))
            .alias("skip")
        ).to_series()

    @cached_property
    def _ends(self) -> pl.DataFrame:
        """By a contig's place in the manifest: its last position, and whether it is circular."""
        contigs = self.bundle.manifest.contigs
        return pl.DataFrame(
            {
                "length": [contig.length for contig in contigs],
                "circular": [contig.circular for contig in contigs],
            }
        )

    def _past_end(self, alleles: pl.DataFrame) -> pl.Series:
        last = alleles["position"] + alleles["ref"].str.len_bytes().cast(pl.Int64) - 1
        return last > self._ends["length"].gather(alleles["contig"])

    def _past_which_end(self, alleles: pl.DataFrame) -> pl.Expr:
        return (
            pl.when(self._ends["circular"].gather(alleles["contig"]))
            .then(pl.lit(Skip.PAST_END_OF_CIRCLE.value))
            .otherwise(pl.lit(Skip.PAST_END.value))
        )


_SYMBOLIC_CLASSES = {
    "DEL": "deletion",
    "INS": "insertion",
    "DUP": "duplication",
    "INV": "inversion",
    "CNV": "copy_number_variation",
}


def variant_class(ref: str, alt: str) -> str | None:
    """Classify an allele that isn't annotated, without padding; None where ALT is no variant.

    Terms of https://www.ensembl.org/info/genome/variation/prediction/classification.html
    """
    form = None if re.search(_BASES, alt) else form_of(alt)
    if form is None or form is Skip.AMBIGUOUS:
        return _class_of_bases(ref, alt)
    if form in (Skip.NO_ALTERNATE, Skip.OVERLAPPING_DELETION) or alt in UNSPECIFIED_ALLELES:
        return None
    if form is Skip.BREAKEND:
        return "chromosome_breakpoint"
    if form is Skip.SYMBOLIC:
        return _SYMBOLIC_CLASSES.get(alt[1:4], "sequence_alteration")
    return "sequence_alteration"


def _class_of_bases(ref: str, alt: str) -> str:
    ref, alt = unpadded(ref.upper(), alt.upper())
    if len(ref) == len(alt):
        return "SNV" if len(ref) == 1 else "substitution"
    if alt.startswith(ref) or alt.endswith(ref):
        return "insertion"
    return "deletion" if ref.startswith(alt) or ref.endswith(alt) else "indel"
