"""The keys of the Stripe account, which operators put into a secret of the stacks."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from runtime.web.services.billing.billing_errors import NOT_CONFIGURED, NotConfigured
from runtime.web.services.fresh_secret import FreshSecret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


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
        keys = TypeAdapter(StripeKeys)
        self._secret = FreshSecret(secretsmanager, arn, keys, "Stripe's keys", clock)

    def keys(self) -> StripeKeys:
        """Return the keys.

        Raises:
            NotConfigured: the secret has no value yet, or one in another format.
        """
        found = self._secret.value()
        if found is None:
            raise NotConfigured(NOT_CONFIGURED)
        return found
