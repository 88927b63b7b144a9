"""The conversation with an issuer: authorization code flow with PKCE, by Authlib.

docs/sign-in.md says what Authlib checks, and what is checked here on top.
"""

import time
from collections.abc import Callable
from typing import Any, ClassVar

from authlib.integrations.base_client import (
    BaseApp,
    OAuth2Mixin,
    OpenIDMixin,
)
from authlib.integrations.requests_client import OAuth2Session

from runtime.contract.issuers import Issuer

TIMEOUT_SECONDS = 10
"""For each answer of an issuer."""

METADATA_SECONDS = 3600
"""How long a discovery document and its keys are used. A key that isn't among them is looked for
at once."""

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"})
"""Signatures of ID tokens that are accepted: none with a shared secret, and never "none"."""

SCOPES = ("openid", "email", "profile")


class WrongMetadata(Exception):
    """The discovery document isn't one of this issuer, or lacks what is needed."""


class OpenIdClient(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]  # has no types
    """Authlib's client for one issuer, without a web framework.

    Args:
        clock: returns the time in epoch seconds.
    """

    client_cls: ClassVar[type] = OAuth2Session
    server_metadata: dict[str, Any]

    def __init__(self, issuer: Issuer, clock: Callable[[], float] = time.time) -> None:
        super().__init__(
            framework=None,
            name=issuer.name,
            client_id=issuer.client_id,
            server_metadata_url=f"{issuer.url.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"code_challenge_method": "S256", "default_timeout": TIMEOUT_SECONDS},
        )
        self._issuer = issuer
        self._clock = clock
        self._loaded_at = 0.0

    def load_server_metadata(self) -> dict[str, Any]:
        """Return the discovery document, at most METADATA_SECONDS old.

        Raises:
            WrongMetadata: it is another issuer's, or lacks what is needed.
            requests.RequestException: it can't be read.
        """
        if self._clock() - self._loaded_at < METADATA_SECONDS:
            return dict(self.server_metadata)
        with self._get_session() as session:
            answer = session.request("GET", self._server_metadata_url, withhold_token=True)
            answer.raise_for_status()
            found = answer.json()
        self.server_metadata = self._checked(found)
        self._loaded_at = self._clock()
        return dict(self.server_metadata)

    def scope(self) -> str:
        """Return the scopes to ask for: of those that we use, those that the issuer knows."""
        known = self.load_server_metadata().get("scopes_supported", SCOPES)
        return " ".join(scope for scope in SCOPES if scope == "openid" or scope in known)

    def _checked(self, found: dict[str, Any]) -> dict[str, Any]:
        # https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
        if found.get("issuer") != self._issuer.url:
            raise WrongMetadata(f"the issuer is {found.get('issuer')!r}, not {self._issuer.url!r}")
        for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(found.get(endpoint, "")).startswith(("https://", self._issuer.url)):
                raise WrongMetadata(f"{endpoint} is no address")
        offered = found.get("id_token_signing_alg_values_supported", ["RS256"])
        usable = [each for each in offered if each in ALGORITHMS]
        if not usable:
            raise WrongMetadata(f"ID tokens are signed with none of {sorted(ALGORITHMS)}")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return {
            **found,
            "id_token_signing_alg_values_supported": usable,
            "token_endpoint_auth_method": method,
        }
