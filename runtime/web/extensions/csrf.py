"""Cross-site request forgery: every request that changes something carries the page's token."""

from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]

__all__ = ["CSRFError", "csrf"]

csrf = CSRFProtect()
