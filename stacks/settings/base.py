"""The base of all settings of a stage."""

from pydantic import BaseModel, ConfigDict

DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"
"""A host name in lower case."""


class Settings(BaseModel):
    """Refuses unknown keys, changes, and values of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
