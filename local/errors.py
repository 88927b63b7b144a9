"""What goes wrong in the laptop cloud in a way that its user can do something about."""


class LocalError(Exception):
    """Says what is wrong, and what to do next. The command line prints it without a traceback."""
