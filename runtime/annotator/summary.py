"""summary.json: what a result holds, in numbers, and how it was made. Its fields:

- `records` (`reference_blocks`: records of a gVCF without a variant), `alleles`, `effects`: numbers
- `consequences`, `impacts`, `variant_classes`, `genes`, `flags` (alleles each) and `contigs`
  (records each): objects, the largest count first
- `positions`: annotated alleles by contig, impact and bin of so many bases, from 0
- `fields`: alleles for which a track has a value, by column of Parquet
- `field_values`: alleles by value, of columns with few values; `bundle.tracks` says what the
  columns are
- `not_annotated`: alleles by reason
- `samples`: how many (`total`), why there is no table of genotypes (`no_genotypes`, null where
  there is one), and of each its alleles by `zygosity`, and of those that it has the `transitions`,
  `transversions`, and how many have which `fractions` of its reads, in 20 equal parts of 0 to 1
- `engines`: their versions
- `commands`: lines for a shell that annotate the same file
- `tags`: the INFO keys
- `problems`: examples with their line in the upload
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.annotator.tally import Tally

FORMAT = 3
"""2 had neither `base_changes` nor lengths of indels, `pathogenic`, or counts of samples beside
their zygosities. Pages show summaries of both."""

MOST_VALUES = 100
"""Of a field, the most frequent first: ClinVar has more combinations of significances than that."""

_AS_GIVEN = ("service", "input", "bundle", "engines", "warnings", "commands", "tags", "samples")
_COUNTED = ("consequences", "impacts", "variant_classes", "genes", "flags", "contigs", "fields")


def summarize(facts: Mapping[str, Any], tally: Tally, no_index: str | None) -> dict[str, Any]:
    """Return the summary of a result, to be written as JSON.

    Args:
        facts: what is known before the counts (pipeline): `service`, `input`, `bundle`, `engines`,
            `tags`, `problems`, `warnings`, `commands`, `samples`, `on_known_contigs`,
            `contradicting`.
        tally: its counts.
        no_index: why it has no index; None when it has one.
    """
    return {
        "format": FORMAT,
        **{name: facts[name] for name in _AS_GIVEN},
        "records": {
            "total": tally.records,
            "reference_blocks": tally.reference_blocks,
            "on_known_contigs": facts["on_known_contigs"],
            "contradicting_reference": facts["contradicting"],
        },
        "alleles": {
            "total": tally.alleles,
            "annotated": tally.annotated,
            "not_annotated": tally.not_annotated.total(),
        },
        "effects": tally.effects,
        **{name: _ordered(getattr(tally, name)) for name in _COUNTED},
        "positions": _positions(tally),
        **tally.changes.facts(),
        "pathogenic": tally.pathogenic.facts(),
        "field_values": {
            column: dict(list(_ordered(values).items())[:MOST_VALUES])
            for column, values in sorted(tally.field_values.items())
        },
        "not_annotated": _ordered(tally.not_annotated),
        "problems": facts["problems"],
        "index": {"present": no_index is None, "reason": no_index},
    }


def _ordered(counts: Counter[str]) -> dict[str, int]:
    """The largest first, then by name: the same counts give the same text."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _positions(tally: Tally) -> dict[str, Any]:
    """By place, not by count: bins follow each other as on the contig."""
    return {
        contig: {
            "bin_bases": tally.bin_bases[contig],
            "impacts": {
                impact: {str(at): count for at, count in sorted(bins.items())}
                for impact, bins in sorted(impacts.items())
            },
        }
        for contig, impacts in sorted(tally.positions.items())
    }


def write_summary(path: Path, summary: dict[str, Any]) -> None:
    """Write the summary as JSON."""
    path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
