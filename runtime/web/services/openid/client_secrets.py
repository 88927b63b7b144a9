"""The client secrets of issuers, which operators put into a secret of the stacks."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import TypeAdapter, ValidationError

from runtime.common.log import get_logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FRESH_SECONDS = 60
"""How long they are used before they are read again, so that a new one needs no restart."""

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
        self._secretsmanager = secretsmanager
        self._arn = arn
        self._clock = clock
        self._lock = threading.Lock()
        self._found: dict[str, str] = {}
        self._read_at: float | None = None

    def of(self, name: str) -> str:
        """Return the client secret of an issuer, read at most FRESH_SECONDS ago.

        Raises:
            NoClientSecret: there is none.
        """
        with self._lock:
            if self._read_at is None or self._clock() - self._read_at > FRESH_SECONDS:
                self._found = self._read()
                self._read_at = self._clock()
            found = self._found.get(name)
        if not found:
            _log.error("an issuer has no client secret", issuer=name, arn=self._arn)
            raise NoClientSecret(name)
        return found

    def _read(self) -> dict[str, str]:
        try:
            value = self._secretsmanager.get_secret_value(SecretId=self._arn)
            return _SECRETS.validate_json(value.get("SecretString", ""))
        except ValidationError as error:
            # Without the value, which the error's own text quotes.
            _log.error("client secrets can't be read", faults=error.error_count(), arn=self._arn)
        except ClientError as error:
            # A secret that never had a value has no version.
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            _log.exception("client secrets are missing", arn=self._arn)
        return {}
