"""What in a file tells its assembly. The upload page has the same rules: see `assembly.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime.vcf.assemblies import Assembly, KnownSequence, is_mitochondrial, the_one_named
from runtime.vcf.file_facts import FileFacts

MOST_SHOWN = 60
"""Characters of the file that are shown."""


@dataclass(frozen=True)
class Evidence:
    """An assembly, and what tells it, such as "its contig chr1 has 248,956,422 bases"."""

    assembly: Assembly
    words: str


def evidence(facts: FileFacts, assemblies: Sequence[Assembly]) -> list[Evidence]:
    """Return all that tells an assembly, what counts most first.

    A mitochondrial genome has the same length in several assemblies: in a file without other
    contigs, its length counts least.
    """
    alone = all(_is_mitochondrial(name, assemblies) for name in facts.names)
    candidates = [each for each in assemblies if alone or each.nuclear]
    by_contigs = [each for each in assemblies if each.nuclear != alone]
    lengths, accessions = _by_lengths(facts, by_contigs), _by_accessions(facts, by_contigs)
    texts = [_by_assembly_fields(facts, candidates), _by_reference(facts, candidates)]
    names = _by_contig_names(facts, by_contigs)
    order = [accessions, *texts, lengths] if alone else [lengths, accessions, *texts, names]
    return [each for each in order if each]


def _is_mitochondrial(name: str, assemblies: Sequence[Assembly]) -> bool:
    found = (each.find(name) for each in assemblies)
    return is_mitochondrial(name) or any(each.mitochondrial for each in found if each)


def _by_lengths(facts: FileFacts, assemblies: Sequence[Assembly]) -> Evidence | None:
    best = _most(
        list(facts.lengths), assemblies, lambda name, each: each.length == facts.lengths[name]
    )
    if best is None:
        return None
    assembly, name = best
    return Evidence(assembly, f"its contig {_shown(name)} has {facts.lengths[name]:,} bases")


def _by_accessions(facts: FileFacts, assemblies: Sequence[Assembly]) -> Evidence | None:
    best = _most(facts.names, assemblies, lambda name, each: each.is_called(name))
    return Evidence(best[0], f"it has the contig {_shown(best[1])}") if best else None


def _most(
    names: Sequence[str],
    assemblies: Sequence[Assembly],
    agrees: Callable[[str, KnownSequence], bool],
) -> tuple[Assembly, str] | None:
    """The assembly that agrees in the most names, and the first of them; None if several do."""
    agreeing = [
        (
            assembly,
            [
                name
                for name in names
                if (found := assembly.find(name))
                and found.mitochondrial != assembly.nuclear
                and agrees(name, found)
            ],
        )
        for assembly in assemblies
    ]
    most = max((len(good) for _, good in agreeing), default=0)
    best = [(assembly, good[0]) for assembly, good in agreeing if good and len(good) == most]
    return best[0] if len(best) == 1 else None


def _by_assembly_fields(facts: FileFacts, assemblies: Sequence[Assembly]) -> Evidence | None:
    named = [(text, the_one_named(text, assemblies)) for text in facts.assemblies]
    found = [(text, each) for text, each in named if each]
    if not found or any(each != found[0][1] for _, each in found):
        return None
    return Evidence(found[0][1], f"its header says assembly={_shown(found[0][0])}")


def _by_reference(facts: FileFacts, assemblies: Sequence[Assembly]) -> Evidence | None:
    found = the_one_named(facts.reference, assemblies)
    return (
        Evidence(found, f"its header says ##reference={_shown(facts.reference)}") if found else None
    )


def _by_contig_names(facts: FileFacts, assemblies: Sequence[Assembly]) -> Evidence | None:
    for assembly in assemblies:
        pattern = assembly.contig_names
        for name in facts.names if pattern else ():
            if pattern and pattern.search(name):
                return Evidence(assembly, f"it has the contig {_shown(name)}")
    return None


def _shown(text: str) -> str:
    """Text of the file, fit for a message: what matters in a path is its end."""
    text = "".join(each if each.isprintable() else "?" for each in text)
    return text if len(text) <= MOST_SHOWN else f"...{text[-MOST_SHOWN:]}"
