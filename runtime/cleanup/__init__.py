"""Deletes copies of results that no job needs, as archive and thaw leave them behind."""
