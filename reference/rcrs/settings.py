"""What the bundle is, read from `data/bundle.toml`."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from reference.errors import InputError
from reference.rcrs.facts import read_text
from runtime.common.manifest import SourceNote


@dataclass(frozen=True)
class Contig:
    """The one sequence; `md5` is that of its upper-case bases, `genetic_code` NCBI's number."""

    name: str
    aliases: list[str]
    length: int
    md5: str
    genetic_code: int
    circular: bool
    accession: str


@dataclass(frozen=True)
class Sample:
    """How the sample VCF names the contig: an alias, as users' files do."""

    contig: str


@dataclass(frozen=True)
class Settings:
    """The whole of bundle.toml.

    `known_ids` and `mitomap` are the dates of their tables, `mitotip` is a version.
    """

    name: str
    version: str
    assembly: str
    description: str
    known_ids: str
    mitomap: str
    mitotip: str
    contig: Contig
    sample: Sample
    sources: list[SourceNote]


def load_settings(path: Path) -> Settings:
    """The settings; raises InputError for TOML that is wrong, or a missing or unknown key."""
    try:
        document = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, str(error)) from error
    top = _checked(path, Settings, document)
    return Settings(
        **{
            **top,
            "contig": Contig(**_checked(path, Contig, top["contig"])),
            "sample": Sample(**_checked(path, Sample, top["sample"])),
            "sources": [SourceNote(**each) for each in top["sources"]],
        }
    )


def _checked(path: Path, model: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    expected = {field.name for field in fields(model)}
    if wrong := expected ^ values.keys():
        name = model.__name__.lower()
        raise InputError(path, f"missing or unknown keys of {name}: {', '.join(sorted(wrong))}")
    return values
