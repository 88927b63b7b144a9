"""How numbers, sizes and times read on a page."""

from datetime import UTC, datetime

from flask import Flask
from markupsafe import Markup

from runtime.common.job import Job
from runtime.web.services.advice import advice
from runtime.web.services.durations import human_duration
from runtime.web.services.sizes import human_size
from runtime.web.services.summary import words


def init_app(app: Flask) -> None:
    """Give templates these filters."""
    app.jinja_env.filters.update(
        size=human_size, number=number, when=when, took=took, advice=advice, duration=human_duration
    )
    app.jinja_env.filters["words"] = words


def number(count: int) -> str:
    """Return a count with its thousands apart: 16569 is "16,569"."""
    return f"{count:,}"


def when(epoch_seconds: int) -> Markup:
    """Return a time as an element that scripts show in the reader's own zone; until then UTC."""
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.strftime("%-d %b %Y, %H:%M")
    )


def took(job: Job) -> str | None:
    """Return how long a job took from its submission to its end; None while it hasn't ended."""
    if job.complete_time is None:
        return None
    return human_duration(job.complete_time - job.submit_time)
