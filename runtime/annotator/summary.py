"""summary.json: what a result holds, in numbers."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from runtime.annotator.provenance import Provenance
from runtime.annotator.tally import Tally

FORMAT = 1


def summarize(provenance: Provenance, tally: Tally, no_index: str | None) -> dict[str, Any]:
    """Return the summary of a result.

    Args:
        provenance: how it was made.
        tally: its counts.
        no_index: why it has no index; None when it has one.

    Returns:
        JSON: `records` and `alleles` in numbers; `consequences`, `impacts`, `variant_classes`,
        `genes` (alleles each) and `contigs` (records each) as objects, the largest count first;
        `positions`: annotated alleles by contig, impact and bin of so many bases, from 0;
        `not_annotated` with the reasons; `engine`, `bundle` and `input` as in Provenance;
        `tags`: the INFO keys; `problems`: examples with their line in the upload.
    """
    facts = provenance.model_dump(mode="json")
    return {
        "format": FORMAT,
        "service": facts["service"],
        "input": facts["input"],
        "bundle": facts["bundle"],
        "engine": facts["engine"],
        "tags": facts["tags"],
        "records": {
            "total": tally.records,
            "on_known_contigs": provenance.input.on_known_contigs,
            "contradicting_reference": provenance.input.contradicting,
        },
        "alleles": {
            "total": tally.alleles,
            "annotated": tally.annotated,
            "not_annotated": tally.not_annotated.total(),
        },
        "consequences": _ordered(tally.consequences),
        "impacts": _ordered(tally.impacts),
        "variant_classes": _ordered(tally.variant_classes),
        "genes": _ordered(tally.genes),
        "contigs": _ordered(tally.contigs),
        "positions": _positions(tally),
        "fields": _ordered(tally.fields),
        "not_annotated": _ordered(tally.not_annotated),
        "problems": facts["problems"],
        "index": {"present": no_index is None, "reason": no_index},
    }


def _ordered(counts: Counter[str]) -> dict[str, int]:
    """The largest first, then by name: the same counts give the same text."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _positions(tally: Tally) -> dict[str, Any]:
    """By place, not by count: bins follow each other as on the contig."""
    contigs = {
        contig: {
            impact: {str(at): count for at, count in sorted(bins.items())}
            for impact, bins in sorted(impacts.items())
        }
        for contig, impacts in sorted(tally.positions.items())
    }
    return {"bin_bases": tally.bin_bases, "contigs": contigs}


def write_summary(path: Path, summary: dict[str, Any]) -> None:
    """Write the summary as JSON."""
    path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
