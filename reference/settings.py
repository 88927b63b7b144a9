"""What the bundle is, read from `data/bundle.toml`."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from reference.facts import FactError, read_text


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
class Engine:
    """What annotates with this bundle, and the options of `bcftools csq` that it needs."""

    name: str
    version: str
    csq_options: list[str]


@dataclass(frozen=True)
class Source:
    """Where facts come from; `retrieved` is a date, YYYY-MM-DD."""

    what: str
    source: str
    retrieved: str


@dataclass(frozen=True)
class Sample:
    """How the sample VCF names the contig: an alias, as users' files do."""

    contig: str


@dataclass(frozen=True)
class Settings:
    """The whole of bundle.toml."""

    name: str
    version: str
    assembly: str
    description: str
    contig: Contig
    engine: Engine
    sample: Sample
    sources: list[Source]


def load_settings(path: Path) -> Settings:
    """The settings; raises FactError for TOML that is wrong, or a missing or unknown key."""
    try:
        document = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise FactError(path, str(error)) from error
    top = _checked(path, Settings, document)
    return Settings(
        **{
            **top,
            "contig": Contig(**_checked(path, Contig, top["contig"])),
            "engine": Engine(**_checked(path, Engine, top["engine"])),
            "sample": Sample(**_checked(path, Sample, top["sample"])),
            "sources": [Source(**_checked(path, Source, each)) for each in top["sources"]],
        }
    )


def _checked(path: Path, model: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    expected = {field.name for field in fields(model)}
    if wrong := expected ^ values.keys():
        name = model.__name__.lower()
        raise FactError(path, f"missing or unknown keys of {name}: {', '.join(sorted(wrong))}")
    return values
