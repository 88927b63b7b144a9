"""Deletes what owners have removed: a job's files and its item, or a whole account."""
