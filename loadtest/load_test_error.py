"""The error that a load test reports to its user."""


class LoadTestError(Exception):
    """Says what is wrong, and what to do next."""
