"""A search as an SQL condition: a text in names, or the change or place that it means."""

import re
from contextlib import suppress
from typing import Any

from runtime.common.manifest import AddedField
from runtime.common.reference import Reference
from runtime.vcf.assemblies import is_mitochondrial
from runtime.web.services.variants.base_change import (
    BaseChange,
    parse_base_change,
    parse_hgvs_part,
)
from runtime.web.services.variants.identifiers import known_symbol, without_version
from runtime.web.services.variants.region import parse_position, parse_region
from runtime.web.services.variants.search_terms import (
    GeneChange,
    Place,
    parse_gene_change,
    parse_place,
    parse_protein_change,
    parse_spaced_region,
    terms_of,
    without_deleted_bases,
    without_parentheses,
)
from runtime.web.services.variants.variant import ID_SUFFIX
from runtime.web.services.variants.where import (
    WhereClause,
    any_of,
    in_region,
    placeholders,
    spellings,
)

SEARCHED_COLUMNS = ("SYMBOL", "Gene", "Feature", "MANE_SELECT", "HGVSp", "id")
"""Columns that free text is searched in, in any case, beside `Consequence` and those of the
bundle's tracks. HGVSg and HGVSc are too long for lower() to be quick: see `parse_hgvs_part`."""

# Of Ensembl and RefSeq. Another version of the same gene or transcript is found too.
_VERSIONED_ID = re.compile(r"(ENS[A-Z]*[GTP]\d{11}|[NX][MRP]_\d+)\.\d+", re.IGNORECASE)


class TextSearch:
    """Compiles searches for files with certain columns.

    Args:
        tracks: the columns that the bundle's tracks add.
        fields: what they hold, by column, as far as that is known.
        reference: knows all names of a contig; None where it isn't offered any more.
    """

    def __init__(
        self, tracks: list[str], fields: dict[str, AddedField], reference: Reference | None
    ) -> None:
        self._tracks = tracks
        self._fields = fields
        self._reference = reference

    def compile(self, text: str) -> WhereClause:
        """Return the condition that a row meets one of the search's terms."""
        found = any_of([self._term(term) for term in terms_of(text)])
        return found or WhereClause("false", ())

    def _term(self, written: str) -> WhereClause:
        text = without_parentheses(written)
        if place := parse_place(text):
            return self._at(place)
        if region := parse_spaced_region(text):
            return in_region(region, self._reference)
        parts = [self._contained(without_deleted_bases(text))]
        if change := parse_base_change(text):
            parts.append(self._base_change(change))
        if protein := parse_protein_change(text):
            parts.append(WhereClause("ends_with(HGVSp, ?)", (f":{protein}",)))
        if of_gene := parse_gene_change(text):
            parts.append(self._of_gene(of_gene))
        position = parse_position(text)
        if position is not None:
            parts.append(WhereClause("position = ?", (position,)))
        elif ":" in text and not change:
            with suppress(ValueError):
                parts.append(in_region(parse_region(text), self._reference))
        return parts[0] if len(parts) == 1 else any_of(parts) or parts[0]

    def _contained(self, text: str) -> WhereClause:
        """A text in names and terms, which have underscores where the pages write blanks."""
        if _VERSIONED_ID.fullmatch(text):
            text = without_version(text)
        terms = {"Consequence", *(name for name in self._tracks if not name.endswith(ID_SUFFIX))}
        searched = [name for name in self._tracks if self._is_searched(name)]
        columns = list(dict.fromkeys((*SEARCHED_COLUMNS, "Consequence", *searched)))
        each = [f"contains(lower({name}), lower(?))" for name in columns]
        values = [text.replace(" ", "_") if name in terms else text for name in columns]
        for name in filter(self._has_links, self._tracks):
            each.append(f"list_contains(string_split({name}, '|'), ?)")
            values.append(text)
        if part := parse_hgvs_part(text):
            # They have an accession in front, so a search for the rest finds them too.
            names = ("HGVSc",) * part.of_transcript + ("HGVSg",) * part.of_contig
            each += [f"contains({name}, ?)" for name in names]
            values += [part.text] * len(names)
        return WhereClause(" OR ".join(each), tuple(values))

    def _is_searched(self, column: str) -> bool:
        """Whether a part of a track's text is looked for: not among numbers, nor in a list of ids,
        where 3243 would be found in 13243."""
        field = self._fields.get(column)
        number = field is not None and field.kind in ("number", "frequency")
        return not (number or self._has_links(column))

    def _has_links(self, column: str) -> bool:
        """Whether a track's column lists ids of another site, such as PubMed's."""
        field = self._fields.get(column)
        return field is not None and field.kind == "list" and field.link is not None

    def _at(self, place: Place) -> WhereClause:
        between = WhereClause("position BETWEEN ? AND ?", (place.start, place.end))
        if place.contig is not None:
            names = [self._own_name(place.contig)]
        elif place.mitochondrial:
            names = self._mitochondrial()
        else:
            return between
        one_of = f"contig IN ({', '.join('?' * len(names))})"
        return WhereClause(f"{one_of} AND {between.sql}", (*names, *between.parameters))

    def _mitochondrial(self) -> list[str]:
        """Names of the reference's mitochondrial contigs; without it, the field's."""
        contigs = self._reference.manifest.contigs if self._reference else ()
        names = [
            each.name for each in contigs if any(map(is_mitochondrial, (each.name, *each.aliases)))
        ]
        return names or ["MT", "chrM"]

    def _own_name(self, written: str) -> str:
        """The file's name of a contig: the reference's own, where it has the contig."""
        contig = self._reference.contig(written) if self._reference else None
        return contig.name if contig else written

    def _of_gene(self, wanted: GeneChange) -> WhereClause:
        """A change by its whole name, of a gene by its symbol or identifier."""
        symbol = known_symbol(wanted.gene, self._reference.symbols) if self._reference else None
        genes = spellings((wanted.gene, symbol or wanted.gene))
        ids = (*genes, without_version(wanted.gene).upper())
        gene = f"(SYMBOL IN ({placeholders(genes)}) OR Gene IN ({placeholders(ids)}))"
        kind, _, rest = wanted.change.partition(".")
        if kind.lower() == "p":
            change = parse_protein_change(wanted.change) or wanted.change
            sql, value = "ends_with(lower(HGVSp), lower(?))", f":{change}"
        else:
            part = parse_hgvs_part(without_deleted_bases(wanted.change))
            sql = "ends_with(HGVSc, ?)"
            value = f":{part.text if part else f'{kind.lower()}.{rest}'}"
        return WhereClause(f"{gene} AND {sql}", (*genes, *ids, value))

    def _base_change(self, change: BaseChange) -> WhereClause:
        """The change itself, and the same with padding at the end of REF and ALT."""
        sql = (
            "position = ? AND starts_with(upper(ref), ?) AND starts_with(upper(alt), ?) "
            "AND upper(ref)[? + 1:] = upper(alt)[? + 1:]"
        )
        ref, alt = change.ref, change.alt
        values: tuple[Any, ...] = (change.position, ref, alt, len(ref), len(alt))
        if change.contig:
            return WhereClause(f"contig = ? AND {sql}", (self._own_name(change.contig), *values))
        if change.mitochondrial:  # what isn't annotated has no HGVS name
            sql += " AND coalesce(contains(HGVSg, ':m.'), true)"
        return WhereClause(sql, values)
