"""The AWS parts that the web app stands on, in the emulator."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.contract.issuers import encode_issuers
from runtime.contract.processes import WebConfig
from runtime.web.app import create_app
from runtime.web.extensions.assets import Assets
from runtime.web.services.registry import Services
from tests.emulator import (
    REGION,
    Emulator,
    create_annotations_table,
    create_audit_table,
    create_ephemeral_table,
    create_owned_items_table,
    create_users_table,
)
from tests.unit.operations import create_operator_role, create_work_queues
from tests.unit.queues import create_queue
from tests.unit.topics import ReadableTopic, create_topic
from tests.unit.web.site import (
    API_ORIGIN,
    CLIENT_TRIES,
    DOCS_URL,
    FREE_MAX_UPLOAD_BYTES,
    FREE_RETENTION_SECONDS,
    MAIL_SENDER,
    SECRET,
    SITE_URL,
    Site,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

SETTINGS: dict[str, Any] = {
    "stage": "test",
    "region": REGION,
    "audit_days": 365,
    "audit_bucket": "",
    "mail_sender": MAIL_SENDER,
    "digest_seconds": 600,
    "load_balancer": "app/gas-test/1",
    "webhooks_any_address": True,
    "site_url": SITE_URL,
    "docs_url": DOCS_URL,
    "api_origins": API_ORIGIN,
    "client_tries": CLIENT_TRIES,
    "genotype_samples": 50,
    "inputs_days": 30,
    "logs_days": 90,
    "free_max_upload_bytes": FREE_MAX_UPLOAD_BYTES,
    "free_retention_seconds": FREE_RETENTION_SECONDS,
    "free_jobs_per_hour": 1000,
    "premium_jobs_per_hour": 1000,
    "free_waiting_jobs": 1000,
    "premium_waiting_jobs": 1000,
    "sign_in_issuers": encode_issuers(()),
    "stripe_plan": "premium-monthly",
    "stripe_publishable_key": "pk_test_site",
    "stripe_grace_days": 7,
    "monthly_budget_usd": 100,
    "http_port": 4621,
}
"""The settings that don't depend on the emulator."""


@dataclass(frozen=True)
class Parts:
    """What the app stands on, and the settings that describe it."""

    config: WebConfig
    s3: "S3Client"
    requests: ReadableTopic
    annotations: "Table"
    users: "Table"

    def connect(self, vendor: Path, **settings: str) -> Site:
        """Return the app on top of these parts. The environment must lead to the emulator.

        Args:
            vendor: folder with third-party files for the pages.
            settings: take the place of those in `config`.
        """
        config = self.config.model_copy(update=settings)
        services = Services.connect(config, SECRET)
        app = create_app(config, secret=SECRET, services=services, assets=Assets(vendor=vendor))
        return Site(
            app=app,
            config=config,
            services=services,
            s3=self.s3,
            requests=self.requests,
            annotations=self.annotations,
            users=self.users,
        )


def create_parts(emulator: Emulator, files: Path) -> Parts:
    """Create tables, buckets, a topic, queues and secrets.

    Args:
        files: folder with the references, as an instance has it.
    """
    name = uuid.uuid4().hex
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    for bucket in ("inputs", "results"):
        s3.create_bucket(Bucket=f"{bucket}-{name}")
    secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
    topic = create_topic(emulator)
    annotations = create_annotations_table(emulator, f"annotations-{name}")
    users = create_users_table(emulator, f"users-{name}")
    config = WebConfig(
        **SETTINGS,
        annotations_table=annotations.name,
        users_table=users.name,
        ephemeral_table=create_ephemeral_table(emulator, f"ephemeral-{name}").name,
        owned_items_table=create_owned_items_table(emulator, f"owned-items-{name}").name,
        audit_table=create_audit_table(emulator, f"audit-{name}").name,
        inputs_bucket=f"inputs-{name}",
        results_bucket=f"results-{name}",
        job_requests_topic_arn=topic.topic.arn,
        removals_queue_url=create_queue(emulator).url,
        work_queues=create_work_queues(emulator),
        operator_role_arn=create_operator_role(emulator, name),
        webhooks_queue_url=create_queue(emulator).url,
        session_secret_arn=secrets.create_secret(Name=name, SecretString=SECRET)["ARN"],
        restore_requests_queue_url=create_queue(emulator).url,
        sign_in_secret_arn=secrets.create_secret(Name=f"sign-in-{name}")["ARN"],
        stripe_secret_arn=secrets.create_secret(Name=f"stripe-{name}")["ARN"],
        references_dir=files,
    )
    return Parts(config, s3, topic, annotations, users)
