"""A folder in S3 that holds a published bundle, or is going to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from reference.errors import InputError
from runtime.common.manifest import FILE_NAME, Manifest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_URI = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<key>(/[A-Za-z0-9_.-]+)*)/?"
)
"""Names that a stage's settings take, too: a list of them is joined by commas."""

SHA256 = "sha256"
"""Metadata of a published file: its checksum as in the manifest."""

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class S3Folder:
    """A folder by its bucket and the keys' common beginning, without the slash at the end."""

    s3: "S3Client"
    bucket: str
    prefix: str

    @classmethod
    def of(cls, uri: str) -> Self:
        """Return the folder at a URI. Region, endpoint and credentials are the environment's.

        Raises:
            InputError: it isn't an S3 URI that a stage can name.
        """
        found = _URI.fullmatch(uri)
        if found is None:
            raise InputError(
                uri, "expected s3://BUCKET/FOLDER, of letters, digits, dots, hyphens and _"
            )
        config = Config(retries={"mode": "standard", "total_max_attempts": 5})
        with explained(uri):
            s3 = boto3.client("s3", config=config)
        return cls(s3, found["bucket"], found["key"].strip("/"))

    @property
    def uri(self) -> str:
        """The folder as a stage names it."""
        return f"s3://{self.key_of(self.bucket, self.prefix)}"

    @staticmethod
    def key_of(*parts: str) -> str:
        """Join parts of a key, without those that are empty."""
        return "/".join(part for part in parts if part)

    def key(self, name: str) -> str:
        """Return the key of a file."""
        return self.key_of(self.prefix, name)

    def below(self, name: str) -> "S3Folder":
        """Return a folder in this one."""
        return S3Folder(self.s3, self.bucket, self.key(name))

    def folders(self) -> Iterator["S3Folder"]:
        """Yield the folders in this one, by name."""
        pages = self.s3.get_paginator("list_objects_v2")
        prefix = f"{self.prefix}/" if self.prefix else ""
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/"):
            for each in page.get("CommonPrefixes", []):
                yield S3Folder(self.s3, self.bucket, each["Prefix"].rstrip("/"))

    def head(self, name: str) -> dict[str, Any] | None:
        """Return what S3 says of a file; None where there is none."""
        try:
            return dict(self.s3.head_object(Bucket=self.bucket, Key=self.key(name)))
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise

    def manifest_bytes(self) -> bytes | None:
        """Return the manifest as it is there; None where there is none."""
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.key(FILE_NAME))
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return answer["Body"].read()

    def manifest(self) -> Manifest | None:
        """Return the manifest; None where there is none: nothing is published there, or not yet.

        Raises:
            InputError: it isn't a manifest of this release's format.
        """
        body = self.manifest_bytes()
        return None if body is None else read_manifest(f"{self.uri}/{FILE_NAME}", body)


def read_manifest(where: str, body: bytes) -> Manifest:
    """Parse a manifest.

    Raises:
        InputError: naming its first fault.
    """
    try:
        return Manifest.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"])) or "the file"
        raise InputError(where, f"{place}: {fault['msg']}. Build the bundle again") from error


@contextmanager
def explained(uri: str) -> Iterator[None]:
    """Raise what S3 refuses as InputError: with its reason, and what to do."""
    try:
        yield
    except ClientError as error:
        details = error.response["Error"]
        raise InputError(
            uri,
            f"S3 refuses: {details.get('Code')}, {details.get('Message')}. Check the bucket's "
            "name, and that your credentials may list, read and write there",
        ) from error
    except BotoCoreError as error:
        raise InputError(uri, f"S3 can't be used: {error}") from error
