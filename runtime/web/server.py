"""What each worker process of the server runs."""

from flask import Flask

from runtime.common import aws
from runtime.common.process import start
from runtime.contract.processes import WebConfig
from runtime.web.app import create_app
from runtime.web.extensions.assets import Assets
from runtime.web.services.registry import Services
from runtime.web.services.secret import read_session_secret
from runtime.web.services.variants import sweeping


def application() -> Flask:
    """Return the app as the environment describes it, connected to AWS."""
    config = start(WebConfig)
    secret = read_session_secret(aws.client("secretsmanager"), config.session_secret_arn)
    services = Services.connect(config, secret)
    sweeping.start(services.variants.sweep)
    return create_app(config, secret=secret, services=services, assets=Assets())
