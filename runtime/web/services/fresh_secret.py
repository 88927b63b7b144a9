"""A secret that operators fill in, read when it is needed: a new value needs no restart."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from botocore.exceptions import ClientError
from pydantic import TypeAdapter, ValidationError

from runtime.common.log import get_logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FRESH_SECONDS = 60
"""How long a value is used before it is read again."""

T = TypeVar("T")

_log = get_logger(__name__)


class FreshSecret(Generic[T]):
    """A value as JSON, in a secret of Secrets Manager.

    Args:
        arn: of the secret.
        form: what the value must be.
        what: what it holds, for the log.
        clock: a clock that never goes back, in seconds.
    """

    def __init__(
        self,
        secretsmanager: "SecretsManagerClient",
        arn: str,
        form: TypeAdapter[T],
        what: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secretsmanager = secretsmanager
        self._arn = arn
        self._form = form
        self._what = what
        self._clock = clock
        self._lock = threading.Lock()
        self._value: T | None = None
        self._read_at = 0.0

    def value(self) -> T | None:
        """Return the value, read at most FRESH_SECONDS ago; None while there is none that fits."""
        with self._lock:
            if self._value is None or self._clock() - self._read_at > FRESH_SECONDS:
                self._value = self._read()
                self._read_at = self._clock()
            return self._value

    def _read(self) -> T | None:
        try:
            found = self._secretsmanager.get_secret_value(SecretId=self._arn)
            return self._form.validate_json(found.get("SecretString", ""))
        except ValidationError as error:
            # Without the value, which the error's own text quotes.
            faults = error.error_count()
            _log.error("a secret can't be read", what=self._what, faults=faults, arn=self._arn)
        except ClientError as error:
            # A secret that never had a value has no version.
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            _log.exception("a secret has no value", what=self._what, arn=self._arn)
        return None
