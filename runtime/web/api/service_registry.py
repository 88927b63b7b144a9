"""The GA4GH services of this site, each with its description.

`/service-info` describes the site, and `/services` lists them as a service registry does.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app

from runtime.contract.site import WES_RUNS_PATH
from runtime.web.access import public
from runtime.web.api.ga4gh import ga4gh_answer, ga4gh_group
from runtime.web.api.models.service_info import (
    DrsServiceInfo,
    Organization,
    RegisteredService,
    ServiceInfo,
    ServiceList,
    ServiceType,
)
from runtime.web.api.models.wes_models import (
    ENGINE,
    WORKFLOW_TYPE,
    WORKFLOW_URL,
    WORKFLOW_VERSION,
    EngineVersions,
    WesServiceInfo,
    WorkflowVersions,
)

VERSION = "1.0.0"
"""Of what these services answer. Raise it when that changes."""

DRS_PATH = "/ga4gh/drs/v1"
WES_PATH = WES_RUNS_PATH.removesuffix("/runs")
STANDARDS = ("drs", "wes")

MOST_OBJECTS = 25
"""Of one request to DRS. A result takes up to eight requests to DynamoDB and S3, and a thread of
the server meanwhile."""

blueprint = ga4gh_group("ga4gh_registry", "", "GA4GH service info: what is offered.")


@blueprint.get("/service-info", responses={200: ServiceInfo})
@public
def info() -> Response:
    """Describe the site."""
    about = "GA4GH services of this site. They are listed at /services."
    return ga4gh_answer(ServiceInfo(**_common("site", VERSION, about)))


@blueprint.get("/services", responses={200: ServiceList})
@public
def index() -> Response:
    """List the services."""
    site = current_app.config["SITE_URL"]
    found = [
        RegisteredService(
            **{name: value for name, value in each if name in ServiceInfo.model_fields},
            url=f"{site}{path}",
        )
        for each, path in ((wes_service(), WES_PATH), (drs_service(), DRS_PATH))
    ]
    return ga4gh_answer(ServiceList(services=found))


def drs_service() -> DrsServiceInfo:
    """Describe DRS."""
    about = "Files of your results. Ids come from /api/v1/jobs and WES: <job id>, <job id>.vcf."
    return DrsServiceInfo(**_common("drs", "1.4.0", about), maxBulkRequestLength=MOST_OBJECTS)


def wes_service() -> WesServiceInfo:
    """Describe WES."""
    site = current_app.config["SITE_URL"]
    return WesServiceInfo(
        **_common("wes", "1.1.0", "Annotates VCF files. A run is a job of your account."),
        workflow_type_versions={
            WORKFLOW_TYPE: WorkflowVersions(workflow_type_version=[WORKFLOW_VERSION])
        },
        supported_wes_versions=["1.1.0"],
        supported_filesystem_protocols=[],
        workflow_engine_versions={
            ENGINE: EngineVersions(workflow_engine_version=[WORKFLOW_VERSION])
        },
        default_workflow_engine_parameters=[],
        system_state_counts={},
        auth_instructions_url=f"{site}/profile",
        tags={"workflow_url": WORKFLOW_URL},
    )


def _common(artifact: str, version: str, about: str) -> dict[str, Any]:
    site = current_app.config["SITE_URL"]
    host = str(urlsplit(site).hostname)
    own = f"{_reversed(host)}.gas"
    group = "org.ga4gh" if artifact in STANDARDS else own
    return {
        "id": f"{own}.{artifact}",
        "name": f"Genomics Annotation Service: {artifact}",
        "type": ServiceType(group=group, artifact=artifact, version=version),
        "description": about,
        "organization": Organization(name=host, url=site),
        "contactUrl": f"{site}/contact",
        "documentationUrl": f"{site}/help",
        "environment": current_app.config["STAGE"],
        "version": VERSION,
    }


def _reversed(host: str) -> str:
    """A host's name as Java writes packages; an address of the network stays as it is."""
    labels = host.split(".")
    return host if labels[-1].isdigit() or ":" in host else ".".join(reversed(labels))
