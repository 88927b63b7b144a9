"""The secret that signs sessions and upload tickets: one for all instances."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MIN_LENGTH = 32
"""Characters: 256 bits and more, even in hexadecimal digits half of that is left."""


class WeakSecret(Exception):
    """The secret is too short to sign anything with."""


def read_session_secret(secretsmanager: "SecretsManagerClient", arn: str) -> str:
    """Return the secret's text.

    Raises:
        WeakSecret: it is shorter than `MIN_LENGTH` characters, or binary.
    """
    secret = secretsmanager.get_secret_value(SecretId=arn).get("SecretString", "")
    if len(secret) < MIN_LENGTH:
        raise WeakSecret(f"the session secret has less than {MIN_LENGTH} characters: {arn}")
    return secret
