"""Gives templates `kept(job)`: how long the result of a job stays."""

import time

from flask import Flask

from runtime.common.job import Job
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.services.keeping import Kept


def init_app(app: Flask) -> None:
    """Add the function to the templates."""
    app.jinja_env.globals["kept"] = kept


def kept(job: Job) -> Kept | None:
    """Return what there is to tell the owner, who is looking, of the job's result."""
    owner = identity.current_user()
    return None if owner is None else services().keeping.of(job, owner, time.time())
