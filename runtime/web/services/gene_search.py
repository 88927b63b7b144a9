"""Genes of a reference by the beginning of their symbol, or by an identifier."""

from typing import NamedTuple

from runtime.common.reference import Reference
from runtime.web.services.variants.identifiers import without_version
from runtime.web.services.variants.query_engine import QueryEngine

MOST_GENES = 20
"""Of one answer."""

# Of the transcripts' table, which has a row for each. Symbols of mitochondrial genes are often
# written without their MT-. The exact symbol or identifier comes first, then the shortest symbols.
_FIND = """
SELECT any_value(coalesce(SYMBOL, Gene)) AS name, Gene, contig, min("start"), max("end"),
    bool_or(upper(SYMBOL) IN ($text, 'MT-' || $text) OR upper(Gene) IN ($text, $id)
        OR upper(stable_id) = $id) AS exact
FROM read_parquet($path)
WHERE starts_with(upper(SYMBOL), $text) OR starts_with(upper(SYMBOL), 'MT-' || $text)
    OR starts_with(upper(Gene), $text) OR upper(Gene) = $id OR upper(stable_id) = $id
GROUP BY Gene, contig
ORDER BY exact DESC, length(name), name, contig
LIMIT $most
"""


class FoundGene(NamedTuple):
    """A gene on a contig; `start` and `end` count from 1, both inside."""

    name: str
    id: str
    contig: str
    start: int
    end: int


def find_genes(text: str, reference: Reference, engine: QueryEngine) -> list[FoundGene]:
    """Return the genes that a text means, the best first.

    Args:
        text: the beginning of a symbol, or the identifier of a gene or of a transcript, with or
            without version, in any case.
        reference: whose genes.
        engine: may read the reference's folder.

    Raises:
        QueryTimeout, QueryTooLarge: see there.
    """
    wanted = text.strip().upper()
    if not wanted:
        return []
    values = {
        "text": wanted,
        "id": without_version(wanted),
        "path": str(reference.folder / reference.manifest.transcripts),
        "most": MOST_GENES,
    }
    return [FoundGene(*row[:5]) for row in engine.rows(_FIND, values)]
