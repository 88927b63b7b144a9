"""What `bcftools csq` says of a site, as rows with VEP's fields: what it can't tell is worked out.

csq names consequences and residues. Exons, positions, codons and HGVS names come from the models
of the bundle's GFF3 (`csq_models.Model`).
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.corrections import Corrections
from runtime.annotator.csq_models import Change, Model
from runtime.annotator.effects import EFFECTS, PREDICTIONS
from runtime.annotator.protein_changes import protein_change
from runtime.common.manifest import Contig
from runtime.vcf.consequences import (
    INTERGENIC,
    NON_CODING,
    SO_TERMS,
    Consequence,
    compound,
    parse,
)

_START_LOST, _START_RETAINED = "start_lost", "start_retained_variant"


class _Named(NamedTuple):
    """What transcripts.parquet says of a transcript."""

    row: int
    feature: str
    protein: str


class CsqEffects:
    """Makes effects of the answers of csq."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._corrections = Corrections(bundle.fasta, bundle.models)
        self._models: dict[str, Model] = {}

    def of_sites(self, sites: pl.DataFrame, texts: dict[int, str]) -> pl.DataFrame:
        """Return effects.EFFECTS of sites.

        Args:
            sites: batches.SITES.
            texts: BCSQ by site, without those of which csq says nothing.
        """
        rows: list[tuple[Any, ...]] = []
        contigs = self._bundle.manifest.contigs
        for site, place, position, ref, alt in sites.iter_rows():
            found = list(self._rows(contigs[place], position, ref, alt, texts.get(site, "")))
            rows += [(site, *row) for row in found]
            if not found:
                rows.append((site, None, INTERGENIC, *[None] * (len(EFFECTS) - 3)))
        return pl.DataFrame(rows, schema=EFFECTS, orient="row")

    def _rows(
        self, contig: Contig, position: int, ref: str, alt: str, text: str
    ) -> Iterator[tuple[Any, ...]]:
        change = Change.of(position, ref, alt)
        crossed = self._bundle.models.overlapping(contig.name, change.first, change.last)
        if not crossed:
            return
        if text:
            text = self._corrections.corrected(text, contig, position, ref, alt)
        consequences = [parse(each) for each in text.split(",")] if text else []
        for transcript in crossed:
            model = self._models.get(transcript.name)
            if model is None:
                model = Model(transcript, self._bundle.fasta, contig.genetic_code)
                self._models[transcript.name] = model
            about = [each for each in consequences if _is_about(each, model)]
            named = self._named[contig.name, transcript.name]
            yield named.row, *_effect(model, named, change, about)

    @cached_property
    def _named(self) -> dict[tuple[str, str], _Named]:
        columns = ("contig", "stable_id", "transcript", "Feature", "ENSP")
        return {
            (contig, stable): _Named(row, feature, protein or feature)
            for contig, stable, row, feature, protein in self._bundle.csq_transcripts.select(
                columns
            ).iter_rows()
        }


def _is_about(consequence: Consequence, model: Model) -> bool:
    """Whether csq means this transcript; it doesn't always name one."""
    if consequence.transcript:
        return consequence.transcript == model.transcript.name
    coding = NON_CODING not in consequence.names
    return consequence.gene == model.transcript.gene and coding == bool(model.transcript.cds)


def _effect(
    model: Model, named: _Named, change: Change, consequences: list[Consequence]
) -> tuple[Any, ...]:
    """The fields of an effect after `transcript`, in the order of EFFECTS."""
    names = {name for each in consequences for name in each.names}
    terms = _terms(model, change, names)
    # csq counts codons from the first whole one. Before it the model lacks bases, and how many
    # codons nobody knows: what is numbered by codons is left out (FLAGS says cds_start_NF).
    whole = not model.transcript.phase
    coding = model.coding(change) if whole else None
    protein = None
    for each in consequences:
        if each.amino_acids and whole:
            protein = protein_change(each.names, each.amino_acids, model.residue)
    notation = f"{named.protein}:{protein}" if protein else None
    name = model.hgvs(change)
    return (
        compound(terms),
        model.exon(change),
        model.intron(change),
        f"{named.feature}:{name}" if name else None,
        notation,
        model.cdna_position(change),
        model.cds_position(change),
        model.protein_position(change) if whole else None,
        coding.amino_acids if coding else None,
        coding.codons if coding else None,
        *[None] * len(PREDICTIONS),
    )


def _terms(model: Model, change: Change, names: set[str]) -> set[str]:
    """The terms; with csq's non_coding told apart, and by the place alone where it says nothing."""
    if model.ablated(change):
        return {"transcript_ablation"}
    terms = {SO_TERMS[name] for name in names if name != NON_CODING}
    if not model.transcript.cds:
        if model.exon(change):
            return terms | {"non_coding_transcript_exon_variant"}
        return terms | {"intron_variant", "non_coding_transcript_variant"}
    return terms or {model.place(change)}
