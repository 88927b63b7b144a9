"""The error that a load test reports to its user."""


class LoadTestError(Exception):
    """Its message says what is wrong and what to do."""
