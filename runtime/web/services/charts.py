"""The pictures of a job's page, made of its summary."""

from typing import NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.change_charts import BaseChanges, Indels, base_changes_of, indels_of
from runtime.web.services.circular_map import Ring, ring_of
from runtime.web.services.contig_strips import StripChart, strips_of
from runtime.web.services.pathogenic_marks import Args, Row, conditions_of, rows_of
from runtime.web.services.sample_charts import SampleTable, samples_of
from runtime.web.services.summary import Summary

NO_STRIPS = StripChart([], None, [], 0, 0)


class Charts(NamedTuple):
    """The charts of a summary; None where there is nothing to draw, or the summary doesn't say.

    Attributes:
        ring, strips: where alleles are; nothing without the result's reference.
        pathogenic: variants that are rated so, as a list.
        conditions: the filter that finds them all; None where no filter does.
    """

    ring: Ring | None
    strips: StripChart
    pathogenic: list[Row]
    conditions: Args | None
    base_changes: BaseChanges | None
    indels: Indels | None
    samples: SampleTable | None


def charts_of(summary: Summary, reference: Reference | None) -> Charts:
    """Return the charts of a job's summary, made with a reference that may be gone."""
    found = summary.pathogenic
    return Charts(
        ring_of(summary, reference) if reference else None,
        strips_of(summary, reference) if reference else NO_STRIPS,
        rows_of(found) if found else [],
        conditions_of(found) if found else None,
        base_changes_of(summary.base_changes, summary.bundle.assembly if summary.bundle else None),
        indels_of(summary.indel_lengths, summary.coding_indel_lengths),
        samples_of(summary.samples),
    )
