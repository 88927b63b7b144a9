"""The issuers of OpenID Connect that a stage's people may sign in with, as one setting of web."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Issuer(BaseModel):
    """An issuer.

    Attributes:
        name: in our addresses, and in the secret that holds the client secrets.
        label: what people call it.
        url: its identifier, as its discovery document and its ID tokens say it.
        client_id: ours, as it was registered there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    url: str
    client_id: str


_ISSUERS = TypeAdapter(tuple[Issuer, ...])


def encode_issuers(issuers: Iterable[Issuer]) -> str:
    """Return issuers as an environment file can hold them: JSON in hexadecimal, without quotes."""
    return _ISSUERS.dump_json(tuple(issuers)).hex()


def decode_issuers(text: str) -> tuple[Issuer, ...]:
    """Return the issuers of a setting.

    Raises:
        ValueError: it isn't what `encode_issuers` returned.
    """
    return _ISSUERS.validate_json(bytes.fromhex(text))
