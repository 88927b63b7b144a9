"""What S3 sends to the queue restore_completed."""

from typing import Annotated, Self
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from runtime.common.messages import Message


class RestoredObject(BaseModel):
    """What an event says of its object; the key is encoded as in a URL's query."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: Annotated[str, StringConstraints(min_length=1)]


class _S3Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    item: Annotated[RestoredObject, Field(alias="object")]


class RestoreRecord(BaseModel):
    """One event of S3."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    event_name: Annotated[str, Field(alias="eventName")]
    s3: _S3Part

    @property
    def key(self) -> str:
        """The object's key as it is."""
        return unquote_plus(self.s3.item.key)


class RestoreCompleted(Message):
    """On restore_completed: S3 has restored objects of the archive bucket.

    The format is S3's; its test event, sent when a bucket is told of the queue, has no records.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """

    records: Annotated[tuple[RestoreRecord, ...], Field(alias="Records")] = ()

    @classmethod
    def of(cls, key: str) -> Self:
        """Return what S3 would send of an object that has been restored."""
        about = {"eventName": "ObjectRestore:Completed", "s3": {"object": {"key": quote_plus(key)}}}
        return cls.model_validate({"Records": [about]})

    def to_body(self) -> str:
        """Return the message as S3 writes it."""
        return self.model_dump_json(by_alias=True)
