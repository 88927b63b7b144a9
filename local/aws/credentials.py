"""Credentials of instances, which EC2 serves by the instance metadata service: one role each.

This serves them by the protocol for containers. The SDKs and the AWS CLI know it, and fetch new
credentials by themselves before the old ones expire:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import asyncio
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

from local.host.http_server import LoopThread, Server

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

LIFETIME = timedelta(hours=1)
"""The default maximum of a role's session."""

FRESH = timedelta(minutes=30)
"""Credentials that expire sooner are replaced. botocore asks for new ones 15 minutes before."""

PATH = "/credentials"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Instance:
    instance_id: str
    role_arn: str
    credentials: "CredentialsTypeDef | None" = None


class CredentialsServer:
    """Gives each instance the credentials of its role, in return for a token that only it has.

    Args:
        sts: the root user's client. In stage `local` the roles trust the root user.
        servers: where it runs.
        clock: returns the current time.
    """

    def __init__(
        self, sts: "STSClient", servers: LoopThread, clock: Callable[[], datetime] = _now
    ) -> None:
        self._sts = sts
        self._servers = servers
        self._clock = clock
        self._lock = threading.Lock()
        self._instances: dict[str, _Instance] = {}
        app = web.Application()
        app.router.add_get(PATH, self._answer)
        self._server = Server(app)

    def start(self) -> None:
        """Listen on a free port."""
        self._servers.run(self._server.start())

    def stop(self) -> None:
        """Close."""
        self._servers.run(self._server.stop())

    def admit(self, instance_id: str, role_arn: str) -> dict[str, str]:
        """Allow an instance to get the credentials of a role.

        Returns:
            The environment variables that lead the instance's SDKs here.
        """
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._instances[token] = _Instance(instance_id, role_arn)
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{self._server.port}{PATH}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }

    def dismiss(self, instance_id: str) -> None:
        """Refuse further credentials to an instance."""
        with self._lock:
            kept = {
                token: instance
                for token, instance in self._instances.items()
                if instance.instance_id != instance_id
            }
            self._instances = kept

    async def _answer(self, request: web.Request) -> web.Response:
        instance = self._instances.get(request.headers.get("Authorization", ""))
        if instance is None:
            return web.json_response({"message": "The token belongs to no instance."}, status=403)
        try:
            credentials = await asyncio.to_thread(self._fresh, instance)
        except (ClientError, BotoCoreError) as error:
            message = f"No credentials for {instance.instance_id}: {error}"
            return web.json_response({"message": message}, status=500)
        return web.json_response(
            {
                "AccessKeyId": credentials["AccessKeyId"],
                "SecretAccessKey": credentials["SecretAccessKey"],
                "Token": credentials["SessionToken"],
                "Expiration": credentials["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
                "RoleArn": instance.role_arn,
            }
        )

    def _fresh(self, instance: _Instance) -> "CredentialsTypeDef":
        """The instance's credentials; new ones if the old ones expire soon."""
        held = instance.credentials
        if held is None or held["Expiration"] - self._clock() < FRESH:
            held = self._sts.assume_role(
                RoleArn=instance.role_arn,
                RoleSessionName=instance.instance_id,
                DurationSeconds=int(LIFETIME.total_seconds()),
            )["Credentials"]
            instance.credentials = held
        return held
