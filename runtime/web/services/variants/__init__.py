"""Queries over a job's variants.parquet: filtered, counted, sorted and paged in DuckDB.

The unit is the variant: one ALT allele of one record. It has a row for each of its effects,
and a filter applies to rows: a variant meets it when one of its rows meets all conditions.
"""
