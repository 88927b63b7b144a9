"""The SQL over a result's Parquet file.

Each query is made of the fixed parts in this module and in `filter_sql`. What a person wrote is
always a parameter. Parameters come in the order of the text: the file's path first.

Rows of a variant lie together, the picked effect first, and DuckDB keeps the order of the file: so
the row before is enough to know where a variant begins. Grouping would hold a million variants in
memory; this holds nothing.
https://duckdb.org/docs/stable/sql/dialect/order_preservation
"""

# ruff: noqa: S608 - nothing of a request is in the text: see above, and tests/unit/web/variants

from runtime.web.services.variants.filter_sql import WhereClause

FILE = "read_parquet(?)"

COLUMNS = "SELECT name FROM parquet_schema(?)"
"""Names of the columns; the first is the schema itself."""

SIGNIFICANCES = (
    f"SELECT clinical_significance FROM {FILE} WHERE clinical_significance IS NOT NULL "
    "AND PICK IS NOT FALSE GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT 30"
)
"""The first row of each variant is enough: it is picked, or not annotated."""

# A variant is sorted by the best value among those of its rows that meet the filter.
_SORT_KEYS = {
    "position": "record",
    "impact": "min(list_position(['HIGH', 'MODERATE', 'LOW', 'MODIFIER'], IMPACT))",
    "gene": "min(coalesce(SYMBOL, Gene))",
    "frequency": "min(allele_frequency)",
    "quality": "min(quality)",
}

_NEW_RECORD = "record IS DISTINCT FROM last_record"
_NEW_VARIANT = f"({_NEW_RECORD} OR allele IS DISTINCT FROM last_allele)"
"""Whether a row is the first of its variant among those that meet the filter."""

_LAST = "lag(record) OVER () AS last_record, lag(allele) OVER () AS last_allele"


def _rows_with_last(where: WhereClause) -> str:
    return f"(SELECT record, allele, alt, {_LAST} FROM {FILE} WHERE {where.sql})"


def counts(where: WhereClause) -> str:
    """Variants, records, rows, and variants without an ALT allele."""
    return (
        f"SELECT count(*) FILTER ({_NEW_VARIANT}), count(*) FILTER ({_NEW_RECORD}), count(*), "
        f"count(*) FILTER ({_NEW_VARIANT} AND alt IS NULL) FROM {_rows_with_last(where)}"
    )


def keys(where: WhereClause, order: str, *, descending: bool) -> str:
    """Record and allele of variants, sorted; the last two parameters are limit and offset."""
    if order == "position" and not descending:
        rows = _rows_with_last(where)
        return f"SELECT record, allele FROM {rows} WHERE {_NEW_VARIANT} LIMIT ? OFFSET ?"
    direction = "DESC" if descending else "ASC"
    return (
        f"SELECT record, allele FROM {FILE} WHERE {where.sql} GROUP BY record, allele "
        f"ORDER BY {_SORT_KEYS[order]} {direction} NULLS LAST, record, allele LIMIT ? OFFSET ?"
    )


def rows_of_records(where: WhereClause, count: int) -> str:
    """All rows of `count` records in the file's order, each with whether it meets a condition.

    Here the parameters of the condition come before the file's path.
    """
    placeholders = ", ".join("?" * count)
    return (
        f"SELECT *, coalesce({where.sql}, false) AS matches FROM {FILE} "
        f"WHERE record IN ({placeholders})"
    )


def effects(where: WhereClause) -> str:
    """Whole rows, in the order of the file."""
    return f"SELECT * FROM {FILE} WHERE {where.sql}"


def variants(where: WhereClause) -> str:
    """Of each variant the first row that meets a condition, in the order of the file."""
    return (
        f"SELECT * EXCLUDE (last_record, last_allele) FROM "
        f"(SELECT *, {_LAST} FROM {FILE} WHERE {where.sql}) WHERE {_NEW_VARIANT}"
    )


def effects_to_file(where: WhereClause) -> str:
    """The rows of `effects` written to a Parquet file, whose path is the last parameter."""
    copied = effects(where)
    return f"COPY ({copied}) TO ? (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 100000)"


def as_lines(query: str, columns: list[str]) -> str:
    """The rows of `query`, each as a line of text with tabs between the values; nulls are empty."""
    values = ", ".join(f"""coalesce("{name}"::VARCHAR, '')""" for name in columns)
    return f"SELECT concat_ws(chr(9), {values}) || chr(10) FROM ({query})"


def records(where: WhereClause) -> str:
    """Numbers of records, ascending."""
    return f"SELECT DISTINCT record FROM {FILE} WHERE {where.sql} ORDER BY record"
