"""What to do next when a job has FAILED, by the kind of its error.

The errors say what is wrong and where. This adds the remedy; the first pattern that
matches counts.
"""

import re

from runtime.common.job import CANCELLED

_REMEDIES: tuple[tuple[str, str], ...] = (
    (
        re.escape(CANCELLED),
        "Nothing is wrong with the file. Run it again whenever you like.",
    ),
    (
        "not there any more",
        "Uploads are kept for a limited time only. Upload the file again.",
    ),
    (
        "doesn't offer the reference",
        "Upload the file again, and choose one of the references that are offered.",
    ),
    (
        "which this service offers",
        (
            "Annotate the file again with the reference that is named. "
            "If the file's header is out of date, correct it first (bcftools reheader)."
        ),
    ),
    (
        "This service doesn't offer",
        (
            "Call the variants again on an assembly that this service offers, or convert the file "
            "with bcftools +liftover. If the file's header is out of date, correct it "
            "(bcftools reheader)."
        ),
    ),
    (
        "bases, not that of|bases: it is|is another sequence than in",
        (
            "Check which genome the file was made against. If the length in the file's header is "
            "wrong, correct it (bcftools reheader)."
        ),
    ),
    (
        "No variant is on a contig",
        (
            "Check which genome the file was made against. If it holds variants on the contigs "
            "named above under another name, rename them with bcftools annotate --rename-chrs."
        ),
    ),
    (
        "reference alleles contradict",
        (
            "Find out which assembly the file was made against: look in its header, or ask whoever "
            "called the variants. Call them again on the assembly that this service offers, or "
            "convert the file with bcftools +liftover. (The chrM of hg19 is not "
            "the rCRS.)"
        ),
    ),
    (
        "cut short|is damaged",
        "Copy or compress the file again: bgzip file.vcf. To check it: gzip -t file.vcf.gz.",
    ),
    (
        "separated by tabs|where the header names|is missing or misplaced",
        (
            "An editor or a spreadsheet may have changed the columns. Export the file again from "
            "the program that called the variants, or open it in a plain text editor at that "
            "line."
        ),
    ),
    (
        "header line among the variants",
        "Join VCF files with bcftools concat, not by appending one to the other.",
    ),
    (
        "not a VCF file but|this is not a VCF file|is not text|NUL byte|end in CR alone",
        "Choose the file that your variant caller wrote, ending in .vcf or .vcf.gz.",
    ),
    (
        "VCF version|begins with #CHROM|POS is|CHROM is",
        ("Fix that line, or rewrite the file with bcftools view, which reports other problems."),
    ),
    (
        r"(long|larg)er than|(has|holds) more than|more than .* (contigs|MiB|lines)|took longer",
        "Split the file, for instance by region with bcftools view -r, and submit the parts.",
    ),
    (
        "ALT alleles; a record may have",
        "Split records of many alleles with bcftools norm -m -any, and upload the file again.",
    ),
    (
        "is empty|header but no variants|nothing to annotate",
        (
            "Check that the step that made the file has finished, and that a filter hasn't "
            "removed everything."
        ),
    ),
    (
        "annotation engine|reference has no transcripts|The service tried",
        (
            "This is probably not the fault of your file. Run it again; if it fails the same way, "
            "tell the operators the address of this page."
        ),
    ),
)

DEFAULT = "Read the log: it names the line. Fix the file there and upload it again."


def advice(error: str) -> str:
    """Return what to do about a job's error."""
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, error):
            return remedy
    return DEFAULT
