"""Marks of variants that a track rates as pathogenic, each with the filter that finds it again."""

from typing import NamedTuple

from runtime.common.counted import counted
from runtime.common.manifest import Contig
from runtime.web.services.allele_bins import region_of
from runtime.web.services.summary import Pathogenic, PathogenicVariant, Summary, words
from runtime.web.services.variants.filters import MAX_CHOICES
from runtime.web.services.variants.track_condition import TrackCondition

Args = list[tuple[str, str]]
"""A filter, as `VariantFilter.to_args` returns it."""


class Mark(NamedTuple):
    """A mark on a map: what it says, and the filter that its link has; None for no link."""

    title: str
    args: Args | None


class Row(NamedTuple):
    """A variant in the list of a page."""

    name: str
    gene: str | None
    protein: str | None
    ratings: str
    args: Args


def conditions_of(found: Pathogenic) -> Args | None:
    """Return the filter that all of them meet, and nothing else.

    None where no filter does: conditions on several columns must be met together, and a filter
    takes MAX_CHOICES values.
    """
    rated = {column: values for column, values in found.values.items() if values}
    if len(rated) != 1:
        return None
    [(column, values)] = rated.items()
    if len(values) > MAX_CHOICES:
        return None
    return [("field", str(TrackCondition(column, value))) for value in values]


def marks_of(summary: Summary, contig: Contig) -> dict[int, Mark]:
    """Return the marks of a contig by the number of the bin."""
    found, positions = summary.pathogenic, summary.positions.get(contig.name)
    if found is None or positions is None:
        return {}
    conditions = conditions_of(found)
    listed: dict[int, list[PathogenicVariant]] = {}
    for variant in found.variants:
        if variant.contig == contig.name:
            listed.setdefault((variant.position - 1) // positions.bin_bases, []).append(variant)
    marks = {}
    for at, count in found.positions.get(contig.name, {}).items():
        here = listed.get(at, [])
        if count == len(here) == 1:
            marks[at] = Mark(f"{name_of(here[0])}, {_ratings(here[0])}", _args_of(here[0]))
        else:
            names = ", ".join(name_of(each) for each in here)
            title = f"{counted(count, 'allele')} rated pathogenic or likely pathogenic"
            region = ("region", region_of(positions, contig, at))
            args = None if conditions is None else [region, *conditions]
            marks[at] = Mark(f"{title}: {names}" if names else title, args)
    return marks


def rows_of(found: Pathogenic) -> list[Row]:
    """Return the variants of the list, each with the filter and the panel that show it."""
    return [
        Row(name_of(each), each.gene, _protein_change(each), _ratings(each), _args_of(each))
        for each in found.variants
    ]


def name_of(variant: PathogenicVariant) -> str:
    """Return what a page calls a variant: m.3243A>G, or its place where it has no name."""
    if variant.genomic is None:
        return f"{variant.contig} {variant.position}"
    contig, _, change = variant.genomic.rpartition(":")
    return change if change.startswith("m.") else f"{variant.contig}:{change}" if contig else change


def _protein_change(variant: PathogenicVariant) -> str | None:
    return variant.protein.rpartition(":")[2] if variant.protein else None


def _ratings(variant: PathogenicVariant) -> str:
    values = dict.fromkeys(variant.significance.values())
    return "; ".join(words(value).replace("/", " / ") for value in values)


def _args_of(variant: PathogenicVariant) -> Args:
    place = f"{variant.contig}:{variant.position}-{variant.position}"
    return [("region", place), ("variant", f"{variant.record}-{variant.allele}")]
