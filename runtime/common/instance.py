"""The instance that a process runs on: EC2's metadata, by version 2 of its service."""

import http.client
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

ENDPOINT = "http://169.254.169.254"
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html"""

ENDPOINT_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
"""The name under which the AWS SDKs look for another address."""

TOKEN_SECONDS = 300
TIMEOUT_SECONDS = 5.0


class MetadataError(Exception):
    """The metadata service gave no answer, or refused."""


class Metadata:
    """Reads items of the instance's metadata."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = urlsplit(environ.get(ENDPOINT_VARIABLE) or ENDPOINT)
        self._host, self._port = address.hostname or "", address.port

    @property
    def instance_id(self) -> str:
        """Id of this instance; raises MetadataError when there is none to be had."""
        found = self.get("instance-id")
        if found is None:
            raise MetadataError("the metadata names no instance")
        return found

    def get(self, item: str) -> str | None:
        """The item, e.g. `autoscaling/target-lifecycle-state`; None when there is no such item.

        Raises:
            MetadataError: the service gave no answer, or refused.
        """
        lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
        token = self._request("PUT", "/latest/api/token", lifetime)
        if token is None:
            raise MetadataError("the metadata service gives no token")
        return self._request(
            "GET", f"/latest/meta-data/{item}", {"X-aws-ec2-metadata-token": token}
        )

    def _request(self, method: str, path: str, headers: dict[str, str]) -> str | None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise MetadataError(f"{method} {path}: {error}") from error
        finally:
            connection.close()
        if answer.status == http.HTTPStatus.NOT_FOUND:
            return None
        if answer.status != http.HTTPStatus.OK:
            raise MetadataError(f"{method} {path}: answered {answer.status}")
        return body
