"""What goes wrong in a load test in a way that whoever runs it can do something about."""


class LoadTestError(Exception):
    """Says what is wrong, and what to do next."""
