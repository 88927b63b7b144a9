"""The SQL over a result's Parquet file.

Each query is made of the fixed parts in this module and in `filter_sql`. What a person wrote is
always a parameter. Parameters come in the order of the text: the file's path first.

Rows of a variant lie together, the picked effect first, and DuckDB keeps the order of the file: so
the row before is enough to know where a variant begins. Grouping would hold a million variants in
memory; this holds nothing.
https://duckdb.org/docs/stable/sql/dialect/order_preservation
"""

# ruff: noqa: S608 - nothing of a request is in the text: see above, and tests/unit/web/variants

from collections.abc import Sequence
from typing import NamedTuple

from runtime.web.services.variants.where import EVERYTHING, WhereClause

FILE = "read_parquet(?)"

COLUMNS = "SELECT name FROM parquet_schema(?)"
"""Names of the columns; the first is the schema itself."""

VARIANTS = f"SELECT coalesce(max(variant), 0) FROM {FILE}"
"""How many variants a result has; older results don't number them."""

CONTIGS = (
    f"SELECT contig, count(*) FROM {FILE} WHERE PICK IS NOT FALSE "
    "GROUP BY contig ORDER BY min(record) LIMIT 60"
)
"""The first contigs, in the file's order, which begins with the chromosomes as a rule; with the
number of their variants, likewise."""


IS_THERE = f"SELECT 1 FROM {FILE} WHERE record = ? AND allele = ? LIMIT 1"
"""Whether there is a variant."""

MARK_COLUMNS = ("starred_by", "comments")
"""What people say of a variant: the last columns of files, where a result has such marks."""


def with_marks(query: str) -> str:
    """The rows of `query` and MARK_COLUMNS. Its parameters are for each of these columns the
    variants, as 12-1, and the values in the same order; they come before those of `query`."""
    marks = (
        f"map(?::VARCHAR[], ?::VARCHAR[])[record || '-' || allele] AS {name}"
        for name in MARK_COLUMNS
    )
    return f"SELECT *, {', '.join(marks)} FROM ({query})"


def distinct(column: str) -> str:
    """The values of a column, which is one of the file's own."""
    return f'SELECT DISTINCT "{column}" FROM {FILE} WHERE "{column}" IS NOT NULL'


_GROUP_ROWS = 10_000
"""Of an exported Parquet file. DuckDB holds a group of all columns until it is written: 10,000 rows
of a dense genome take less than 20 MB, of the 64 MiB that all queries of a process share; 100,000
don't fit at all."""

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


class Direction(NamedTuple):
    """Of an order: whether its values descend, and whether it is walked from its end."""

    descending: bool
    backward: bool

    @property
    def sql(self) -> str:
        """What ORDER BY lists. What has no value comes last, and the file's order breaks ties."""
        values = "DESC" if self.descending is not self.backward else "ASC"
        nulls, ties = ("FIRST", "DESC") if self.backward else ("LAST", "ASC")
        return f"sort_value {values} NULLS {nulls}, record {ties}, allele {ties}"


def _first_rows(where: WhereClause, value: WhereClause) -> str:
    """The rows among which those of `_NEW_VARIANT` are the shown ones, with their sort value.

    Here the parameters of the value come before the file's path.
    """
    columns = f"record, allele, {value.sql} AS sort_value, {_LAST}"
    return f"(SELECT {columns} FROM {FILE} WHERE {where.sql})"


def places(
    where: WhereClause, value: WhereClause, bound: WhereClause, direction: Direction | None
) -> str:
    """Sort value, record and allele of variants; the last parameter is how many.

    Without a direction they are in the order of the file, and DuckDB stops at the last of them.
    """
    order = f"ORDER BY {direction.sql} " if direction else ""
    return (
        f"SELECT sort_value, record, allele FROM {_first_rows(where, value)} "
        f"WHERE {_NEW_VARIANT} AND ({bound.sql}) {order}LIMIT ?"
    )


def count_places(where: WhereClause, value: WhereClause, bound: WhereClause) -> str:
    """How many variants have a place within a bound."""
    return (
        f"SELECT count(*) FROM {_first_rows(where, value)} WHERE {_NEW_VARIANT} AND ({bound.sql})"
    )


def sort_value(where: WhereClause, value: WhereClause) -> str:
    """The sort value of one variant: its record and allele come before the condition's values."""
    return (
        f"SELECT {value.sql} FROM {FILE} WHERE record = ? AND allele = ? AND ({where.sql}) LIMIT 1"
    )


def histograms(where: WhereClause, expressions: Sequence[str]) -> str:
    """Of each expression a map of its values to the number of variants, by their first rows.

    The expressions are columns of the file, or fixed parts. Without a condition the first row of a
    variant is picked, or not annotated.
    """
    values = ", ".join(f"{each} AS value_{at}" for at, each in enumerate(expressions))
    maps = ", ".join(f"histogram(value_{at})" for at in range(len(expressions)))
    if where == EVERYTHING:
        return f"SELECT {maps} FROM (SELECT {values} FROM {FILE} WHERE PICK IS NOT FALSE)"
    rows = f"(SELECT {values}, record, allele, {_LAST} FROM {FILE} WHERE {where.sql})"
    return f"SELECT {maps} FROM {rows} WHERE {_NEW_VARIANT}"


def variants_by(where: WhereClause, value: str, most: int | None) -> str:
    """Values that rows have, each with the number of variants with such a row.

    Args:
        where: what the rows must meet.
        value: a fixed expression.
        most: how many variants the result has; None for an older one that doesn't number them.
    """
    number = "variant" if most else "record, allele"
    # A bit for each variant: a group takes 125 KB of a million variants, and no sorting.
    count = (
        f"bit_count(bitstring_agg(variant, 1, {most}))"
        if most
        else "count(DISTINCT (record, allele))"
    )
    rows = f"(SELECT {number}, {value} AS value FROM {FILE} WHERE {where.sql})"
    return f"SELECT value, {count} FROM {rows} WHERE value IS NOT NULL GROUP BY value"


def rows_of_records(where: WhereClause, columns: Sequence[str], count: int) -> str:
    """Columns of all rows of `count` records in the file's order, each row with whether it meets a
    condition.

    Here the parameters of the condition come before the file's path. The columns are the file's.
    """
    placeholders = ", ".join("?" * count)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"SELECT {names}, coalesce({where.sql}, false) AS matches FROM {FILE} "
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


def alleles(where: WhereClause) -> str:
    """POS, REF and ALT of the alleles with a row that meets a condition; the last parameter is how
    many at the most.
    """
    return f"SELECT DISTINCT position, ref, alt FROM {FILE} WHERE {where.sql} LIMIT ?"


def to_file(query: str) -> str:
    """The rows of a query written to a Parquet file, whose path is the last parameter."""
    form = f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_GROUP_ROWS}"
    return f"COPY ({query}) TO ? ({form})"


def as_lines(query: str, columns: list[str], *, raw: bool) -> str:
    """The rows of `query`, each as a line of text with tabs between the values; nulls are empty.

    A spreadsheet runs a cell that begins as a formula does, and IDs and INFO of an upload are a
    stranger's text: such a cell gets an apostrophe in front, unless `raw`. Numbers and what VEP
    writes of an insertion (-/K) stay as they are: neither is a formula. Characters that end a line
    or a cell for any reader become blanks in any case.
    https://owasp.org/www-community/attacks/CSV_Injection
    """
    texts = [f"""coalesce("{name}"::VARCHAR, '')""" for name in columns]
    cells = ", ".join((_ONE_CELL if raw else _SAFE_CELL).format(text) for text in texts)
    # Nearly no line has such a character, and to look for one costs less than to replace it.
    odd = " OR ".join(f"contains(line, chr({code}))" for code in _LINE_ENDS)
    ends = " || ".join(f"chr({code})" for code in _LINE_ENDS)
    one_line = f"translate(line, {ends}, '{' ' * len(_LINE_ENDS)}')"
    return (
        f"SELECT CASE WHEN {odd} THEN {one_line} ELSE line END || chr(10) "
        f"FROM (SELECT concat_ws(chr(9), {cells}) AS line FROM ({query}))"
    )


_LINE_ENDS = (10, 11, 12, 13, 28, 29, 30, 0x85, 0x2028, 0x2029)
"""Code points at which some reader ends a line: those of str.splitlines."""

_ONE_CELL = "CASE WHEN contains({0}, chr(9)) THEN replace({0}, chr(9), ' ') ELSE {0} END"

# In ranges, which cost less than to take the first character: + , - and = and @.
_MAY_RUN = "({0} >= '+' AND {0} < '.' OR {0} >= '=' AND {0} < '>' OR {0} >= '@' AND {0} < 'A')"
_IS_PLAIN = "({0}[1] = ',' OR {0} = '-' OR {0}[1:2] = '-/' OR TRY_CAST({0} AS DOUBLE) IS NOT NULL)"
_SAFE_CELL = (
    f"CASE WHEN {_MAY_RUN} AND NOT {_IS_PLAIN} THEN chr(39) || replace({{0}}, chr(9), ' ') "
    f"ELSE {_ONE_CELL} END"
)


def records(where: WhereClause) -> str:
    """Numbers of records, ascending, as the file has them."""
    return f"SELECT record FROM {_rows_with_last(where)} WHERE {_NEW_RECORD}"
