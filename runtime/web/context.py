"""The services of the app that is answering."""

from typing import cast

from flask import current_app

from runtime.web.services.registry import Services

EXTENSION = "gas"


def services() -> Services:
    """Return the services of the current app."""
    return cast(Services, current_app.extensions[EXTENSION])
