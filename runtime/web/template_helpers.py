"""Filters and functions that templates use."""

import time
from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup, escape

from runtime.common.counted import counted, plural
from runtime.common.job import Job
from runtime.common.references import References
from runtime.contract.issuers import Issuer
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.services.advice import advice
from runtime.web.services.billing.stripe_account import money
from runtime.web.services.formatting import (
    human_duration,
    human_size,
    human_time,
    whole_span,
)
from runtime.web.services.result_retention import RetentionView
from runtime.web.services.summary import words


def init_app(app: Flask) -> None:
    """Give templates these filters and functions."""
    app.jinja_env.filters.update(
        size=human_size,
        number=number,
        counted=counted,
        plural=plural,
        when=when,
        utc=utc,
        usd=usd,
        took=took,
        advice=advice,
        duration=human_duration,
        words=words,
        span=whole_span,
        code_spans=code_spans,
    )
    app.jinja_env.globals["retention_of"] = retention_of
    app.jinja_env.globals["owned"] = owned
    app.jinja_env.globals["has_example"] = has_example
    app.jinja_env.globals["offered"] = offered
    app.jinja_env.globals["institutions"] = institutions


def institutions() -> tuple[Issuer, ...]:
    """Return the issuers that people may sign in with."""
    return services().institutions.issuers


def has_example() -> bool:
    """Return whether there is an example result."""
    return services().example.job_id is not None


def offered() -> References:
    """Return the references that the service offers."""
    return services().references


def code_spans(text: str) -> Markup:
    """Return a text in which words between backticks are code."""
    parts = [escape(part) for part in text.split("`")]
    spans = (Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))
    return Markup("").join(spans)


def number(count: int) -> str:
    """Return a count with separated thousands: 16569 is "16,569"."""
    return f"{count:,}"


def when(epoch_seconds: int) -> Markup:
    """Return a time as an element in UTC, which scripts change to the reader's time zone."""
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), human_time(moment)
    )


def utc(epoch_seconds: int) -> str:
    """Return a time in UTC, which scripts leave as it is: beside hours and days in UTC."""
    return f"{human_time(datetime.fromtimestamp(epoch_seconds, UTC))} UTC"


def usd(amount: Decimal) -> str:
    """Return US dollars: 12.345 is "12.35 USD"."""
    return money(round(100 * amount), "usd")


def took(job: Job) -> str | None:
    """Return how long a job took from its submission to its end; None while it is open."""
    if job.complete_time is None:
        return None
    return human_duration(job.complete_time - job.submit_time)


def retention_of(job: Job) -> RetentionView | None:
    """Return how long a job's result stays; None without one, and for people who don't own it."""
    owner = identity.current_user()
    if owner is None or not owned(job):
        return None
    return services().retention.retention_of(job, owner, time.time())


def owned(job: Job) -> bool:
    """Return whether the job is that of the user who is signed in; the example is nobody's."""
    user = identity.current_user()
    return user is not None and user.user_id == job.user_id
