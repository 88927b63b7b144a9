"""The keys of the Stripe account, which operators put into a secret of the stacks."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime.common.log import get_logger
from runtime.web.services.billing.billing_errors import NOT_CONFIGURED, NotConfigured

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FRESH_SECONDS = 60
"""How long keys are used before they are read again, so that rolled keys need no restart."""

_log = get_logger(__name__)


class StripeKeys(BaseModel):
    """What the secret holds, as JSON. `repr` shows neither."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_key: Annotated[str, Field(pattern=r"^[sr]k_(test|live)_\w+$", repr=False)]
    webhook_secret: Annotated[str, Field(pattern=r"^whsec_\w+$", repr=False)]


class StripeKeyStore:
    """Reads the secret when it is needed: the site also works without one.

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
        self._keys: StripeKeys | None = None
        self._read_at = 0.0

    def keys(self) -> StripeKeys:
        """Return the keys, read at most FRESH_SECONDS ago.

        Raises:
            NotConfigured: the secret has no value yet, or one in another format.
        """
        with self._lock:
            if self._keys is None or self._clock() - self._read_at > FRESH_SECONDS:
                self._keys = self._read()
                self._read_at = self._clock()
            return self._keys

    def _read(self) -> StripeKeys:
        try:
            value = self._secretsmanager.get_secret_value(SecretId=self._arn)
            return StripeKeys.model_validate_json(value.get("SecretString", ""))
        except ValidationError as error:
            # Without the value, which the error's own text quotes.
            _log.error("Stripe's keys can't be read", faults=error.error_count(), arn=self._arn)
        except ClientError as error:
            # A secret that never had a value has no version.
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            _log.exception("Stripe's keys are missing", arn=self._arn)
        raise NotConfigured(NOT_CONFIGURED)
