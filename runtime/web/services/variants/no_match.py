"""Why a filter leaves nothing, as far as the reference and the file's contigs tell."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.identifiers import MITOCHONDRIAL_PREFIX, known_symbol
from runtime.web.services.variants.region import Region, locate

MOST_NAMES = 8
"""Of one suggestion."""

_LEAST_LIKENESS = 0.7
"""Of a name that is suggested, by difflib's ratio."""

_PREFIX_MARK = "*"


class Reason(NamedTuple):
    """A sentence, and genes that may be meant."""

    sentence: str
    genes: tuple[str, ...] = ()


def reasons(wanted: VariantFilter, reference: Reference, contigs: list[str]) -> list[Reason]:
    """Say why nothing can meet a filter.

    Args:
        wanted: the filter.
        reference: the job's.
        contigs: of the file.
    """
    found = [*_of_genes(wanted.gene, reference)]
    if wanted.region and (reason := _of_region(wanted.region, reference, contigs)):
        found.append(reason)
    return found


def _of_genes(names: tuple[str, ...], reference: Reference) -> Iterator[Reason]:
    for name in names:
        if name.endswith(_PREFIX_MARK) or name.upper().startswith("ENS"):
            continue
        symbol = known_symbol(name, reference.symbols)
        if symbol:
            yield Reason(f"No variant in {symbol} meets the whole filter.")
            continue
        upper = name.upper()
        beginning = sorted(each for each in reference.symbols if each.startswith(upper))
        near = [
            each
            for text in (upper, MITOCHONDRIAL_PREFIX + upper)
            for each in get_close_matches(text, reference.symbols, MOST_NAMES, _LEAST_LIKENESS)
        ]
        keys = list(dict.fromkeys((*beginning, *near)))[:MOST_NAMES]
        genes = tuple(reference.symbols[key] for key in keys)
        yield Reason(f"The reference has no gene {name}.", genes)


def _of_region(region: Region, reference: Reference, contigs: list[str]) -> Reason | None:
    found = locate(region, reference)
    if found is None:
        if region.contig in contigs:
            return None
        names = [contig.name for contig in reference.manifest.contigs]
        some = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
        return Reason(
            f"Neither your file nor the reference has a contig {region.contig}. "
            f"The reference has {some}."
        )
    contig, start, end = found
    if start is None or end is None:
        return None
    if start > end and not contig.circular:
        return Reason(
            f"The region ends before it begins, and {contig.name} isn't circular. "
            f"Write {contig.name}:{end}-{start}."
        )
    if start > contig.length:
        return Reason(f"{contig.name} ends at {contig.length:,}.")
    return None
