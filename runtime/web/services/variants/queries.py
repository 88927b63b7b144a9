"""The SQL over a result's Parquet file.

Each is put together from the fixed pieces of this module and of `conditions`; whatever a person
wrote is among the parameters. Their order is that of the text: the file comes first.
"""

# ruff: noqa: S608 - nothing of a request is in the text: see above, and tests/unit/web/variants

from runtime.web.services.variants.conditions import Condition

FILE = "read_parquet(?)"

COLUMNS = "SELECT name FROM parquet_schema(?)"
"""Names of the columns; the first is the schema itself."""

SIGNIFICANCES = (
    f"SELECT clinical_significance FROM {FILE} WHERE clinical_significance IS NOT NULL "
    "GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT 30"
)

# How a variant is sorted: by the best that its rows, those that meet the filter, have to offer.
_ORDERS = {
    "position": "record",
    "impact": "min(list_position(['HIGH', 'MODERATE', 'LOW', 'MODIFIER'], impact))",
    "gene": "min(gene)",
    "frequency": "min(allele_frequency)",
    "quality": "min(quality)",
}

_NEW_RECORD = "record IS DISTINCT FROM last_record"
_NEW = f"({_NEW_RECORD} OR allele IS DISTINCT FROM last_allele)"
"""Whether a row is the first of its variant among those that meet the filter.

Rows of a variant lie together, and DuckDB keeps the order of the file, so that a look at the row
before tells: nothing needs to be held, as grouping a million variants would.
https://duckdb.org/docs/stable/sql/dialect/order_preservation
"""


def _rows_with_last(where: Condition) -> str:
    return (
        "(SELECT record, allele, alt, lag(record) OVER () AS last_record, "
        f"lag(allele) OVER () AS last_allele FROM {FILE} WHERE {where.sql})"
    )


def counts(where: Condition) -> str:
    """Variants, records, rows, and variants without an ALT allele."""
    return (
        f"SELECT count(*) FILTER ({_NEW}), count(*) FILTER ({_NEW_RECORD}), count(*), "
        f"count(*) FILTER ({_NEW} AND alt IS NULL) FROM {_rows_with_last(where)}"
    )


def keys(where: Condition, order: str, *, descending: bool) -> str:
    """Record and allele of variants in an order; then come limit and offset."""
    if order == "position" and not descending:
        return f"SELECT record, allele FROM {_rows_with_last(where)} WHERE {_NEW} LIMIT ? OFFSET ?"
    direction = "DESC" if descending else "ASC"
    return (
        f"SELECT record, allele FROM {FILE} WHERE {where.sql} GROUP BY record, allele "
        f"ORDER BY {_ORDERS[order]} {direction} NULLS LAST, record, allele LIMIT ? OFFSET ?"
    )


def of_records(where: Condition, count: int) -> str:
    """All rows of so many records, each with whether it meets a condition (which comes first)."""
    places = ", ".join("?" * count)
    return (
        f"SELECT *, coalesce({where.sql}, false) AS matches FROM {FILE} "
        f"WHERE record IN ({places}) ORDER BY record, allele"
    )


def rows(where: Condition) -> str:
    """Whole rows. DuckDB keeps the order of the file without being asked, and so needs no room.

    https://duckdb.org/docs/stable/sql/dialect/order_preservation
    """
    return f"SELECT * FROM {FILE} WHERE {where.sql}"


def rows_to_file(where: Condition) -> str:
    """The same into a Parquet file, whose path is the last parameter."""
    return f"COPY ({rows(where)}) TO ? (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 100000)"


def records(where: Condition) -> str:
    """Numbers of records, ascending."""
    return f"SELECT DISTINCT record FROM {FILE} WHERE {where.sql} ORDER BY record"
