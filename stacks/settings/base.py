"""What all parts of a stage have in common."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Nothing unknown, nothing changed, nothing cast."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
