"""The error that the laptop cloud reports to its user."""


class LocalError(Exception):
    """Its message says what is wrong and what to do. The command line prints no traceback."""
