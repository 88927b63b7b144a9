"""The client secrets of issuers, which operators put into a secret of the stacks."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from runtime.common.log import get_logger
from runtime.web.services.fresh_secret import FreshSecret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_SECRETS = TypeAdapter(dict[str, str])

_log = get_logger(__name__)


class NoClientSecret(Exception):
    """The secret has no value yet, none for this issuer, or one in another format."""


class ClientSecrets:
    """Reads the secret when it is needed: a JSON object, from issuers' names to client secrets.

    Args:
        arn: of the secret.
        clock: a clock that never goes back, in seconds.
    """

    def __init__(
        self,
        secretsmanager: "SecretsManagerClient",
        arn: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secret = FreshSecret(secretsmanager, arn, _SECRETS, "client secrets", clock)

    def of(self, name: str) -> str:
        """Return the client secret of an issuer.

        Raises:
            NoClientSecret: there is none.
        """
        found = (self._secret.value() or {}).get(name)
        if not found:
            _log.error("an issuer has no client secret", issuer=name)
            raise NoClientSecret(name)
        return found
