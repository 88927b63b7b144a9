"""What GA4GH services say of themselves.

https://github.com/ga4gh-discovery/ga4gh-service-info, and the extensions of WES and DRS.
"""

from pydantic import Field

from runtime.web.api.models.base import Answer


class ServiceType(Answer):
    """The standard that a service follows."""

    group: str
    artifact: str
    version: str


class Organization(Answer):
    """Who provides it."""

    name: str
    url: str


class ServiceInfo(Answer):
    """A service."""

    id: str
    name: str
    type: ServiceType
    description: str
    organization: Organization
    contactUrl: str  # noqa: N815 - the standard's name
    documentationUrl: str  # noqa: N815 - the standard's name
    environment: str
    version: str


class RegisteredService(ServiceInfo):
    """An entry of the registry."""

    url: str


class ServiceList(Answer):
    """All entries of the registry."""

    services: list[RegisteredService]


class DrsServiceInfo(ServiceInfo):
    """The DRS service."""

    maxBulkRequestLength: int = Field(  # noqa: N815 - the standard's name
        description="Objects in one request, at most."
    )
