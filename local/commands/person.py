"""Who signs in to a site from the command line."""

import os
from dataclasses import dataclass

import typer

from local.demo_user import read_demo_user
from local.host import run_state
from local.host.folder import Folder

PASSWORD_VARIABLE = "GAS_PASSWORD"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class Person:
    """A user, and the site."""

    url: str
    email: str
    password: str


def find_person(folder: Folder, *, url: str | None, email: str | None) -> Person:
    """Return the demo user of the running platform, or the user of the options.

    Raises:
        LocalError: no platform runs here, and no URL was given.
    """
    site = url or run_state.require_running(folder).site_url
    demo = read_demo_user(folder)
    if demo is not None and email in (None, demo.email) and PASSWORD_VARIABLE not in os.environ:
        return Person(site, demo.email, demo.password)
    address = email or typer.prompt("Email")
    password = os.environ.get(PASSWORD_VARIABLE) or typer.prompt("Password", hide_input=True)
    return Person(site, address, password)
