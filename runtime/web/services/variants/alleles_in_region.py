"""Which alleles of a result meet a filter in a region, for who draws the annotated VCF."""

from typing import NamedTuple

from runtime.common.job import Job
from runtime.web.services.variants import queries
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.region import Region
from runtime.web.services.variants.where import all_of, in_region

MOST_ALLELES = 20_000
"""In one answer: what lies within a million bases of a dense genome, twice over."""


class TooManyAlleles(Exception):
    """More alleles meet the filter in the region than one answer may hold."""


class Allele(NamedTuple):
    """An allele as its record writes it; `alt` is None for a record without one."""

    position: int
    ref: str
    alt: str | None


def alleles_in_region(
    variants: VariantService, job: Job, wanted: VariantFilter, region: Region
) -> list[Allele]:
    """Return the alleles that begin in `region` and meet a filter, whose own region doesn't count.

    What a filter asks of several variants of a gene (compound heterozygous) is asked of the whole
    result, not of the region.

    Raises:
        TooManyAlleles: see there.
        NoResult, InvalidFilter, QueryTimeout, QueryTooLarge, CacheFull: as VariantService.page.
    """
    anywhere = wanted.model_copy(update={"region": None})
    with variants.table(job) as table:
        where = all_of([table.condition(anywhere), in_region(region, table.reference)])
        values = (str(table.path), *where.parameters, MOST_ALLELES + 1)
        rows = table.engine.rows(queries.alleles(where), values)
    if len(rows) > MOST_ALLELES:
        raise TooManyAlleles
    return [Allele(*row) for row in rows]
