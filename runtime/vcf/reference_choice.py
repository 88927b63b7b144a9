"""Which reference a file is to be annotated with, before it is sent: as the upload page says it.

The upload page does the same in `static/js/upload/reference.js`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from runtime.vcf.assembly import Detection, Offered, Verdict, detect
from runtime.vcf.assembly_words import (
    assembly_words,
    contradiction,
    disagreement,
    joined,
    listed,
    made_against,
    odd_contigs,
)
from runtime.vcf.file_facts import FileFacts
from runtime.vcf.ref_alleles import ENOUGH_RECORDS, Agreement, agreement_words, the_one_agreeing


class Level(StrEnum):
    """How a file stands: STOP where the annotator is certain to reject it, WARN where it leaves
    something unannotated or something is odd, OPEN where the person has to choose a reference."""

    GOOD = "good"
    WARN = "warn"
    OPEN = "open"
    STOP = "stop"


@dataclass(frozen=True)
class Choice:
    """What to annotate a file with.

    Attributes:
        reference: its name; empty where the person has to choose.
        assembly: the file's, and what tells it, in words.
        level: how the file stands.
        text: why, in sentences; empty when all is well.
    """

    reference: str
    assembly: str
    level: Level
    text: str


def choose(
    facts: FileFacts,
    offered: Sequence[Offered],
    chosen: str = "",
    *,
    complete: bool,
    agreements: Sequence[Agreement] = (),
) -> Choice:
    """Choose a reference for a file.

    Args:
        facts: of the file.
        offered: the references that are offered.
        chosen: the name of the one that the person chose; empty if none.
        complete: whether the facts are of the whole file, not of its beginning.
        agreements: of the first REF alleles, where the header doesn't tell the assembly.
    """
    detection = detect(facts, offered)
    assembly = _assembly_words(detection, agreements)
    name = chosen or _taken(detection, offered, agreements)
    if not name:
        fitting = [each for each in offered if each.name in detection.fits]
        text = (
            "The file doesn't say which assembly it was made against, and "
            f"{joined(fitting, 'and')} have its contigs. Choose the right one: results against "
            "another are wrong."
        )
        return Choice("", assembly, Level.OPEN, text)
    reference = next(each for each in offered if each.name == name)
    if name not in detection.fits and facts.names:
        text = contradiction(facts, detection, offered, name)
        if complete or not _may_fit(facts, offered, reference):
            return Choice(name, assembly, Level.STOP, text)
        text = " ".join(filter(None, [made_against(detection), _beginning(facts, reference)]))
        return Choice(name, assembly, Level.WARN, text)
    other = odd_contigs(facts, detection, reference)
    warnings = [
        "" if detection.evidence else _doubt(agreements, reference),
        disagreement(detection),
        f"{other} Its variants will be left unannotated." if other else "",
        _left_out(facts, reference),
    ]
    text = " ".join(filter(None, warnings))
    return Choice(name, assembly, Level.WARN if text else Level.GOOD, text)


def _assembly_words(detection: Detection, agreements: Sequence[Agreement]) -> str:
    return "; ".join(filter(None, [assembly_words(detection), agreement_words(agreements)]))


def _taken(
    detection: Detection, offered: Sequence[Offered], agreements: Sequence[Agreement]
) -> str:
    """Which reference is taken when the person has chosen none; "" where it stays open."""
    if detection.verdict is Verdict.NONE:
        named = [each.assembly.named for each in detection.evidence[:1]]
        same = [each.name for each in offered if any(n.search(each.assembly) for n in named)]
        return (same or [offered[0].name])[0]
    if detection.verdict is Verdict.FOUND:
        return detection.fits[0]
    one = the_one_agreeing(agreements)
    return one.reference if one else ""


def _doubt(agreements: Iterable[Agreement], reference: Offered) -> str:
    """Say what the REF alleles say against a reference; "" when nothing."""
    agreements = list(agreements)
    own = next((each for each in agreements if each.reference == reference.name), None)
    if own is None or own.agrees:
        return ""
    if own.compared < ENOUGH_RECORDS:
        return _doubt_of_few(own) if own.disagrees else ""
    better = the_one_agreeing(agreements)
    advice = f" Choose {better.assembly}, which this service offers." if better else ""
    return (
        f"The file was probably made against another assembly than {reference.assembly}: "
        f"{agreement_words(agreements)}.{advice}"
    )


def _doubt_of_few(own: Agreement) -> str:
    """Say what the annotator will say of a file of a few records."""
    return (
        f"REF disagrees with {own.assembly} in {own.compared - own.agreeing:,} of "
        f"{own.compared:,} records. The file was made against another assembly, or its positions "
        "or alleles are wrong: it will probably be refused."
    )


def _may_fit(facts: FileFacts, offered: Sequence[Offered], reference: Offered) -> bool:
    """Whether the rest of a file may still fit: its records may be on any contig."""
    names = [*facts.names, *(each.name for each in reference.contigs)]
    seen = list(dict.fromkeys(names))
    return reference.name in detect(replace(facts, seen=seen), offered).fits


def _beginning(facts: FileFacts, reference: Offered) -> str:
    names = listed(facts.seen)
    known = {name for each in reference.contigs for name in (each.name, *each.aliases)}
    if known & facts.lengths.keys():
        return (
            f"The first variants are on {names}, which {reference.assembly} doesn't have, and "
            "will be left unannotated."
        )
    return (
        f"Probably no variant can be annotated: the file begins with {names}, and "
        f"{reference.assembly} has {listed([each.name for each in reference.contigs])}."
    )


def _left_out(facts: FileFacts, reference: Offered) -> str:
    """Say which contigs will be left unannotated; "" when there are none."""
    known = {name for each in reference.contigs for name in (each.name, *each.aliases)}
    here = [name for name in facts.seen if name in known]
    others = [name for name in facts.seen if name not in known]
    if not others:
        return ""
    return (
        f"Variants on {listed(here)} will be annotated; those on {listed(others)} will be left "
        "unannotated."
    )
