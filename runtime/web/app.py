"""The application factory."""

from datetime import timedelta

from flask import Flask
from flask_openapi3.openapi import OpenAPI

from runtime.contract.processes import WebConfig
from runtime.web import error_pages, template_helpers
from runtime.web.api import (
    account,
    document,
    drs,
    jobs,
    result_routes,
    service_registry,
    upload_parts,
    variant_routes,
    wes,
)
from runtime.web.api import job_changes as api_job_changes
from runtime.web.blueprints import (
    accounts,
    activity,
    api_tokens,
    auth,
    chosen_jobs,
    email_change,
    exports,
    genes,
    genome,
    help_pages,
    institutions,
    job_changes,
    job_pages,
    linked_institutions,
    mail_choices,
    operations,
    operator,
    operator_figures,
    operator_fleets,
    profile,
    provenance,
    remarks,
    saved_filters,
    second_factor,
    sharing,
    site_pages,
    stripe_webhook,
    subscribe,
    uploads,
    variant_pages,
    webhook,
)
from runtime.web.context import EXTENSION
from runtime.web.extensions.assets import Assets
from runtime.web.extensions.audit import Audit
from runtime.web.extensions.compression import Compression
from runtime.web.extensions.csrf import csrf
from runtime.web.extensions.host_header import HostHeader
from runtime.web.extensions.identity import identity
from runtime.web.extensions.prerendered_pages import PrerenderedPage, PrerenderedPages
from runtime.web.extensions.request_log import RequestLog
from runtime.web.extensions.request_spans import RequestSpans
from runtime.web.extensions.security_headers import SecurityHeaders
from runtime.web.services.registry import Services

MAX_REQUEST_BYTES = 16 * 1024
"""Files are sent to S3; what comes here is a form or a few lines of JSON."""

SESSION_LIFETIME = timedelta(hours=12)

BLUEPRINTS = (
    site_pages,
    auth,
    institutions,
    linked_institutions,
    uploads,
    job_pages,
    chosen_jobs,
    job_changes,
    variant_pages,
    exports,
    genes,
    genome,
    provenance,
    remarks,
    saved_filters,
    help_pages,
    operator,
    operator_figures,
    operations,
    operator_fleets,
    accounts,
    profile,
    api_tokens,
    mail_choices,
    activity,
    email_change,
    second_factor,
    sharing,
    subscribe,
    stripe_webhook,
    webhook,
)

API = (
    document,
    jobs,
    upload_parts,
    api_job_changes,
    result_routes,
    variant_routes,
    account,
    service_registry,
    drs,
    wes,
)
"""Groups of routes for programs, in the order of the document."""

PRERENDERED_PAGES = {
    "/": PrerenderedPage("landing.html", for_all=True),
    "/register": PrerenderedPage("register.html", for_all=False),
    "/help": PrerenderedPage("help.html", for_all=True),
    "/help/fields": PrerenderedPage("help_fields.html", for_all=True),
    "/about": PrerenderedPage("about.html", for_all=True),
    "/privacy": PrerenderedPage("privacy.html", for_all=True),
    "/terms": PrerenderedPage("terms.html", for_all=True),
    "/contact": PrerenderedPage("contact.html", for_all=True),
    "/help/search": PrerenderedPage("help_search.html", for_all=True),
    "/help/api": PrerenderedPage("help_api.html", for_all=True),
}


def create_app(config: WebConfig, *, secret: str, services: Services, assets: Assets) -> Flask:
    """Return the web app.

    Args:
        secret: signs sessions; the same on every instance.
        services: what the pages use.
        assets: style sheets, scripts and pictures.
    """
    https = config.site_url.startswith("https://")
    app = OpenAPI(__name__, static_folder=None, **document.OPTIONS)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(_settings(config, secret))
    app.extensions[EXTENSION] = services
    headers = SecurityHeaders(
        upload_url=services.uploads.post_url(),
        https=https,
        extra={subscribe.PAGE: services.billing.account.page_sources, **genome.POLICY},
    )
    for extension in (
        Compression(),
        RequestLog(),
        RequestSpans(),
        csrf,
        identity,
        assets,
        headers,
        template_helpers,
        error_pages,
        Audit(),
    ):
        extension.init_app(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    for routes in API:
        document.register(app, routes.blueprint)
    document.init_app(app)
    PrerenderedPages(PRERENDERED_PAGES, headers.headers).init_app(app)
    HostHeader().init_app(app)
    return app


def _settings(config: WebConfig, secret: str) -> dict[str, object]:
    """Return Flask's own settings, and those that templates read."""
    https = config.site_url.startswith("https://")
    return {
        "SECRET_KEY": secret,
        "SITE_URL": config.site_url,
        "STAGE": config.stage,
        "DOCS_URL": config.docs_url,
        "API_ORIGINS": frozenset(filter(None, config.api_origins.split(","))),
        "DIGEST_SECONDS": config.digest_seconds,
        "GENOTYPE_SAMPLES": config.genotype_samples,
        "KEPT": {
            "region": config.region,
            "inputs": config.inputs_days,
            "logs": config.logs_days,
            "audit": config.audit_days,
        },
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
        "SESSION_REFRESH_EACH_REQUEST": False,
        # The prefix makes browsers refuse the cookie from a subdomain or over plain HTTP.
        "SESSION_COOKIE_NAME": "__Host-gas" if https else "gas",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
    }
