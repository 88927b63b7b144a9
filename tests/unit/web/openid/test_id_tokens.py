"""What of an ID token is checked: signature, issuer, audience, times, nonce, subject."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from runtime.contract.issuers import Issuer
from runtime.web.services.openid.client_secrets import ClientSecrets
from runtime.web.services.openid.institutions import (
    LEEWAY_SECONDS,
    Institutions,
    Person,
    SignInRefused,
)
from runtime.web.services.openid.openid_client import OpenIdClient, WrongMetadata

ISSUER = Issuer(name="uni", label="Uni", url="https://uni.example.org", client_id="gas")
NONCE = "the nonce of the departure"
KEY = RSAKey.generate_key(2048, {"kid": "1"})
METADATA = {
    "issuer": ISSUER.url,
    "authorization_endpoint": f"{ISSUER.url}/authorize",
    "token_endpoint": f"{ISSUER.url}/token",
    "jwks_uri": f"{ISSUER.url}/jwks",
    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
}


class OneSecret(ClientSecrets):
    """Has a client secret for every issuer."""

    def __init__(self) -> None:
        """Read nothing."""

    def of(self, name: str) -> str:
        return f"the secret of {name}"


def claims(**others: Any) -> dict[str, Any]:
    """The claims of a right token, but for `others`: times from now, and None leaves one out."""
    now = int(time.time())
    for name in others.keys() & {"iat", "exp"}:
        others[name] = others[name] and now + others[name]
    right = {
        "iss": ISSUER.url,
        "sub": "ada",
        "aud": "gas",
        "iat": now,
        "exp": now + 300,
        "nonce": NONCE,
        "email": "ada@example.org",
        "email_verified": True,
    }
    return {name: value for name, value in (right | others).items() if value is not None}


def receive(monkeypatch: pytest.MonkeyPatch, id_token: str | None) -> Person:
    """Receive a person whose issuer answers with this ID token."""
    institutions = Institutions((ISSUER,), OneSecret(), site_url="https://gas.example.org")
    client = institutions._clients["uni"]
    client.server_metadata = client._checked(METADATA) | {
        "jwks": {"keys": [KEY.as_dict(private=False)]}
    }
    client._loaded_at = time.time()

    def keys(*, force: bool = False) -> Mapping[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}

    monkeypatch.setattr(client, "fetch_jwk_set", keys)
    answer = {"access_token": "a", "token_type": "Bearer"}
    answer |= {} if id_token is None else {"id_token": id_token}
    monkeypatch.setattr(client, "fetch_access_token", lambda *_, **__: answer)
    came = {"code": "c", "state": "s"}
    return institutions.receive("uni", came, state="s", nonce=NONCE, code_verifier="v")


def test_should_tell_who_came_when_the_token_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    person = receive(monkeypatch, jwt.encode({"alg": "RS256", "kid": "1"}, claims(), KEY))
    assert str(person.identity) == "https://uni.example.org ada"
    assert (person.email, person.email_verified) == ("ada@example.org", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example.org"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": "gas"},
        {"aud": None},
        {"aud": ["another client", "gas"]},
        {"exp": -LEEWAY_SECONDS - 60},
        {"exp": None},
        {"iat": LEEWAY_SECONDS + 3600},
        {"iat": None},
        {"nonce": "of another departure"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "a" * 256},
    ],
    ids=str,
)
def test_should_refuse_when_a_claim_is_wrong(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "1"}, claims(**wrong), KEY)
    with pytest.raises(SignInRefused):
        receive(monkeypatch, token)


def test_should_refuse_when_another_key_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for kid in ("1", "2"):
        other = RSAKey.generate_key(2048, {"kid": kid})
        with pytest.raises(SignInRefused):
            receive(monkeypatch, jwt.encode({"alg": "RS256", "kid": kid}, claims(), other))


def test_should_refuse_when_the_signature_needs_no_private_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client_secret = OctKey.import_key("the secret of uni, long enough for HS256")
    with_secret = jwt.encode({"alg": "HS256", "kid": "1"}, claims(), client_secret)
    unsigned = jwt.encode({"alg": "RS256", "kid": "1"}, claims(), KEY).rpartition(".")[0] + "."
    # {"alg":"none"}
    none = f"eyJhbGciOiJub25lIn0.{unsigned.split('.')[1]}."
    for token in (with_secret, unsigned, none, "no token", None):
        with pytest.raises(SignInRefused):
            receive(monkeypatch, token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example.org"},
        {"issuer": f"{ISSUER.url}/"},
        {"token_endpoint": None},
        {"jwks_uri": "http://uni.example.org.evil.example/jwks"},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ],
    ids=str,
)
def test_should_refuse_when_the_discovery_document_is_wrong(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongMetadata):
        OpenIdClient(ISSUER)._checked(METADATA | wrong)


def test_should_send_the_client_secret_in_the_form_where_the_issuer_takes_no_other() -> None:
    as_orcid = METADATA | {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    client = OpenIdClient(ISSUER)
    assert client._checked(METADATA)["token_endpoint_auth_method"] == "client_secret_basic"
    assert client._checked(as_orcid)["token_endpoint_auth_method"] == "client_secret_post"
