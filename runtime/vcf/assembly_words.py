"""Says in sentences what `assembly.detect` found, for the log, the job's page and `./gas submit`.

The upload page says the same in `static/js/upload/assembly_words.js`.
"""

from collections.abc import Iterable, Sequence

from runtime.vcf.assemblies import Assembly, is_mitochondrial, known_assemblies
from runtime.vcf.assembly import Detection, Offered
from runtime.vcf.file_facts import FileFacts

MOST_NAMES = 10
MOST_WITH_ALIASES = 3
"""Contigs of a reference whose other names are told too."""

MOST_NAME = 40
"""Characters of a contig's name that are shown."""


def contradiction(
    facts: FileFacts, detection: Detection, offered: Sequence[Offered], chosen: str
) -> str:
    """Return why a reference can't be used for a file, and what else can; "" when it fits."""
    if chosen in detection.fits:
        return ""
    reference = next(each for each in offered if each.name == chosen)
    fitting = [each for each in offered if each.name in detection.fits]
    odd = odd_contigs(facts, detection, reference)
    if not detection.evidence:
        text = [odd or _no_contig(facts, reference), _better(fitting) if fitting else ""]
        return " ".join(filter(None, text))
    told = detection.evidence[0]
    text = [made_against(detection)]
    if odd and not told.assembly.nuclear:
        text = [odd]
    elif all(map(is_mitochondrial, detection.others[chosen])):
        text.append(odd)
    if fitting:
        text += [f"The reference chosen is {reference.assembly}.", _better(fitting)]
    elif any(told.assembly.named.search(each.assembly) for each in offered):
        text.append(_no_contig(facts, reference))
    else:
        wanted, here = told.assembly.name, joined(offered, "and")
        text.append(f"This service doesn't offer {wanted}: it offers {here}.")
    return " ".join(filter(None, text))


def assembly_words(detection: Detection) -> str:
    """Say which assembly a file was made against, and what tells it, in a few words."""
    if not detection.evidence:
        return "not stated in the file"
    return f"{detection.assembly}: {detection.evidence[0].words}"


def made_against(detection: Detection) -> str:
    """Say which assembly a file was made against, and what tells it; "" when nothing does."""
    if not detection.evidence:
        return ""
    return f"The file was made against {detection.assembly}: {detection.evidence[0].words}."


def odd_contigs(facts: FileFacts, detection: Detection, reference: Offered) -> str:
    """Say which contigs of the file are other sequences than the reference's; "" when none is."""
    names = detection.others[reference.name]
    if not names:
        return ""
    lengths = {
        name: each.length for each in reference.contigs for name in (each.name, *each.aliases)
    }
    odd = [name for name in names if facts.lengths.get(name, 0) not in (0, lengths[name])]
    name = [*odd, *names][0]
    others = [each for each in names if each != name]
    more = f" The same is true of {listed(others)}." if others else ""
    if not odd:
        name = _shown(name)
        text = f"In {detection.assembly}, {name} is another sequence than in {reference.assembly}."
        return text + more
    found = facts.lengths[name]
    known = next((each for each in known_assemblies() if _is_alone(each, name, found)), None)
    is_known = f": it is {known.title}" if known else ""
    return (
        f"The file's {_shown(name)} has {found:,} bases{is_known}, not that of "
        f"{reference.assembly}, which has {lengths[name]:,}.{more}"
    )


def disagreement(detection: Detection) -> str:
    """Say what in the header names another assembly than the one found; "" when nothing does."""
    if not detection.evidence:
        return ""
    best, *rest = detection.evidence
    # A mitochondrial genome is a part of the others.
    alike = [each for each in rest if each.assembly.nuclear == best.assembly.nuclear]
    other = next((each for each in alike if each.assembly != best.assembly), None)
    if other is None:
        return ""
    return (
        f"The file's header contradicts itself: {best.words}, as in {best.assembly.title}, but "
        f"{other.words}, as in {other.assembly.title}. The first counts."
    )


def _is_alone(assembly: Assembly, name: str, length: int) -> bool:
    """Whether an assembly is a mitochondrial genome of this name and length."""
    found = assembly.find(name)
    return not assembly.nuclear and found is not None and found.length == length


def _better(fitting: Sequence[Offered]) -> str:
    return f"Choose {joined(fitting, 'or')}, which this service offers."


def _no_contig(facts: FileFacts, reference: Offered) -> str:
    few = len(reference.contigs) <= MOST_WITH_ALIASES
    known = [
        f"{each.name} (also {', '.join(each.aliases)})" if few and each.aliases else each.name
        for each in reference.contigs[: MOST_NAMES + 1]
    ]
    return (
        f"No variant is on a contig of {reference.assembly}. The file has "
        f"{listed(facts.seen or facts.names)}; {reference.assembly} has "
        f"{listed(known, len(reference.contigs))}."
    )


def joined(offered: Sequence[Offered], word: str) -> str:
    """Return the assemblies of references, the last one after `word`."""
    *others, last = (each.assembly for each in offered)
    return f"{', '.join(others)} {word} {last}" if others else last


def listed(names: Iterable[str], count: int = 0) -> str:
    """Return the first names, and how many more there are; `count` are there in all."""
    names = list(names)
    count = max(count, len(names))
    text = ", ".join(map(_shown, names[:MOST_NAMES]))
    return f"{text} and {count - MOST_NAMES:,} more" if count > MOST_NAMES else text


def _shown(text: str) -> str:
    text = "".join(each if each.isprintable() else "?" for each in text)
    return text if len(text) <= MOST_NAME else f"{text[:MOST_NAME]}..."
