"""Sends people to an institution to sign in, and reads who came back."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from joserfc.errors import JoseError
from requests import RequestException

from runtime.common.log import get_logger
from runtime.common.openid_identity import OpenIdIdentity
from runtime.contract.issuers import Issuer
from runtime.web.services.openid.client_secrets import ClientSecrets, NoClientSecret
from runtime.web.services.openid.openid_client import OpenIdClient, WrongMetadata

LEEWAY_SECONDS = 60
"""How far the issuer's clock may be from ours."""

MAX_SUBJECT = 255
"""Characters. https://openid.net/specs/openid-connect-core-1_0.html#IDToken"""

_log = get_logger(__name__)


class UnknownIssuer(Exception):
    """The stage has no issuer of that name."""


class IssuerUnreachable(Exception):
    """The issuer doesn't answer, or not as it should; `label` is its name for people."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class SignInRefused(Exception):
    """The answer can't be trusted, or the person didn't agree; `label` names the issuer."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


@dataclass(frozen=True)
class Departure:
    """Where to send the browser, and what must come back with it."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class Person:
    """Who came back.

    Attributes:
        email: as the issuer says it; None where it says none, as ORCID does unless it is public.
        email_verified: whether the issuer says that the address is theirs.
    """

    identity: OpenIdIdentity
    label: str
    name: str = ""
    email: str | None = None
    email_verified: bool = False

    @property
    def verified_email(self) -> str | None:
        """The address, where the issuer says that it is theirs."""
        return self.email if self.email_verified else None


class Institutions:
    """The issuers of the stage.

    Args:
        site_url: where they send people back to.
    """

    def __init__(
        self, issuers: tuple[Issuer, ...], secrets: ClientSecrets, *, site_url: str
    ) -> None:
        self.issuers = issuers
        self._secrets = secrets
        self._site_url = site_url
        self._clients = {issuer.name: OpenIdClient(issuer) for issuer in issuers}

    def issuer(self, name: str) -> Issuer:
        """Return an issuer by its name.

        Raises:
            UnknownIssuer: there is none.
        """
        for issuer in self.issuers:
            if issuer.name == name:
                return issuer
        raise UnknownIssuer(name)

    def label(self, identity: OpenIdIdentity) -> str:
        """Return what people call an identity's issuer, which the stage may not have any more."""
        return next((i.label for i in self.issuers if i.url == identity.issuer), identity.issuer)

    def depart(self, name: str, *, again: bool) -> Departure:
        """Return where to send the browser.

        Args:
            again: ask the issuer to have the person prove who they are, even if they are signed in
                there.

        Raises:
            UnknownIssuer: there is none of that name.
            IssuerUnreachable: it doesn't answer, or not as it should.
        """
        issuer, client = self.issuer(name), self._clients[name]
        prompt = {"prompt": "login"} if again else {}
        try:
            self._secrets.of(name)  # before the person goes there for nothing
            found = client.create_authorization_url(
                self._return_url(name), scope=client.scope(), **prompt
            )
        except (RequestException, ValueError, WrongMetadata, NoClientSecret) as error:
            _log.exception("an issuer can't be used", issuer=name)
            raise IssuerUnreachable(issuer.label) from error
        return Departure(found["url"], found["state"], found["nonce"], found["code_verifier"])

    def receive(
        self, name: str, answer: Mapping[str, str], *, state: str, nonce: str, code_verifier: str
    ) -> Person:
        """Return who came back.

        Args:
            answer: the parameters of the issuer's redirect.
            state, nonce, code_verifier: of the departure of the same browser.

        Raises:
            UnknownIssuer: there is none of that name.
            IssuerUnreachable: it doesn't answer, or not as it should.
            SignInRefused: the answer is for another browser or from another issuer, the person
                didn't agree, or the ID token isn't right.
        """
        issuer = self.issuer(name)
        if not hmac.compare_digest(answer.get("state", "").encode(), state.encode()):
            raise SignInRefused(issuer.label)
        # https://www.rfc-editor.org/rfc/rfc9207#section-2.4
        if answer.get("iss", issuer.url) != issuer.url or not answer.get("code"):
            _log.info("no sign-in at an issuer", issuer=name, error=answer.get("error"))
            raise SignInRefused(issuer.label)
        try:
            claims = self._claims(issuer, answer["code"], nonce, code_verifier)
        except (RequestException, WrongMetadata, NoClientSecret) as error:
            _log.exception("an issuer can't be used", issuer=name)
            raise IssuerUnreachable(issuer.label) from error
        except (AuthlibBaseError, JoseError, ValueError) as error:
            _log.exception("an issuer's answer is refused", issuer=name)
            raise SignInRefused(issuer.label) from error
        return _person(issuer, claims)

    def _claims(
        self, issuer: Issuer, code: str, nonce: str, code_verifier: str
    ) -> Mapping[str, Any]:
        client = self._clients[issuer.name]
        client.client_secret = self._secrets.of(issuer.name)
        token = client.fetch_access_token(
            self._return_url(issuer.name), code=code, code_verifier=code_verifier
        )
        # Authlib checks the audience only where it is told which.
        expected = {
            "iss": {"essential": True, "value": issuer.url},
            "aud": {"essential": True, "value": issuer.client_id},
        }
        claims: Mapping[str, Any] | None = client.parse_id_token(
            token, nonce, claims_options=expected, leeway=LEEWAY_SECONDS
        )
        if not claims:
            raise ValueError("the answer has no ID token")
        if "email" in claims or "userinfo_endpoint" not in client.load_server_metadata():
            return claims
        more = client.userinfo(token=token)
        # https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
        if more.get("sub") != claims["sub"]:
            raise ValueError("the user info is about somebody else")
        return {**more, **claims}

    def _return_url(self, name: str) -> str:
        return f"{self._site_url}/sign-in/with/{name}/return"


def _person(issuer: Issuer, claims: Mapping[str, Any]) -> Person:
    subject = str(claims["sub"])
    if not 0 < len(subject) <= MAX_SUBJECT:
        raise SignInRefused(issuer.label)
    email = claims.get("email")
    return Person(
        OpenIdIdentity(issuer.url, subject),
        issuer.label,
        name=str(claims.get("name") or "")[:100],
        email=str(email) if email else None,
        # Cognito's user info says it as a string.
        email_verified=claims.get("email_verified") in (True, "true"),
    )
