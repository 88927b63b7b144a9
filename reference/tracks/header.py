"""Headers of VCFs: a track's fields and its release, and the one that the bundle's file has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from reference.errors import InputError
from reference.options import RS_IDS, FieldOption, TrackOption
from reference.text_files import read_lines
from runtime.common.manifest import Contig, FieldType, TrackField

_INFO = re.compile(
    r"##INFO=<ID=(?P<id>[^,>]+),Number=(?P<number>\d+|[ARG.]),Type=(?P<type>\w+),"
    r'Description="(?P<description>(?:[^"\\]|\\.)*)"'
)
_NOT_IN_DESCRIPTIONS = re.compile(r'["\\\n\r]')
# dbSNP's VCF names its build so.
_VERSION = re.compile(r"##dbSNP_BUILD_ID=(\d+)")
# VCF 4.3, 1.4.1: YYYYMMDD; ClinVar writes YYYY-MM-DD.
_DATE = re.compile(r"##fileDate=(\d{4})-?(\d\d)-?(\d\d)")


@dataclass(frozen=True)
class TrackHeader:
    """What a track's header says.

    Attributes:
        fields: those to take.
        version: None where it isn't stated in a form that we know.
        date: ISO 8601, likewise.
    """

    fields: list[TrackField]
    version: str | None
    date: str | None


def read_header(option: TrackOption) -> TrackHeader:
    """Read the header of a track.

    Raises:
        InputError: the file is no VCF, or it lacks one of the fields.
    """
    lines = list(_meta_lines(option))
    declared = {match["id"]: match for line in lines if (match := _INFO.match(line))}
    versions = (match[1] for line in lines if (match := _VERSION.fullmatch(line)))
    dates = ("-".join(match.groups()) for line in lines if (match := _DATE.fullmatch(line)))
    return TrackHeader(
        fields=[_field(option, each, declared) for each in option.fields],
        version=next(versions, None),
        date=next(dates, None),
    )


def read_bed_fields(option: TrackOption) -> list[TrackField]:
    """The columns to take of a BED, by their numbers in the bundle's own file."""
    return [
        TrackField(
            source=str(number),
            target=field.target,
            description=field.description or f"Column {field.source} of {option.name}",
            number=".",
            type="String",
            kind=field.kind,
            title=field.title,
            link=field.link,
        )
        for number, field in enumerate(option.fields, 4)
    ]


def written_header(contigs: list[Contig], fields: list[TrackField]) -> bytes:
    """The header of a VCF with these contigs and fields."""
    lines = ["##fileformat=VCFv4.3"]
    lines += [f"##contig=<ID={each.name},length={each.length}>" for each in contigs]
    lines += [
        f"##INFO=<ID={field.source.removeprefix('INFO/')},Number={field.number},Type={field.type},"
        f'Description="{field.description}">'
        for field in fields
        if field.source != "ID"
    ]
    return "\n".join([*lines, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", ""]).encode()


def _meta_lines(option: TrackOption) -> Iterator[str]:
    for number, line in enumerate(read_lines(option.files[0]), start=1):
        if number == 1 and not line.startswith(b"##fileformat=VCF"):
            raise InputError(
                option.files[0], "is no VCF: it should begin with ##fileformat=VCF", number
            )
        if not line.startswith(b"##"):
            return
        yield line.decode("utf-8", "replace")


def _field(
    option: TrackOption, field: FieldOption, declared: dict[str, re.Match[str]]
) -> TrackField:
    if field.source == "ID":
        description = field.description or f"Identifier in {option.name}"
        return TrackField(
            source="ID",
            target=field.target,
            description=description,
            number="1",
            type="String",
            kind=field.kind,
            title=field.title,
            link=field.link,
        )
    name = field.source.removeprefix("INFO/")
    if name not in declared:
        raise InputError(
            option.files[0],
            f"has no INFO field {name}; it has {', '.join(sorted(declared)) or 'none'}",
        )
    line = declared[name]
    if line["number"] == "G":
        raise InputError(
            option.files[0],
            f"INFO/{name} has a value for each genotype (Number=G), not each allele",
        )
    if line["type"] not in get_args(FieldType):
        raise InputError(option.files[0], f"the type of INFO/{name} is unknown: {line['type']}")
    description = _NOT_IN_DESCRIPTIONS.sub("", line["description"])
    return TrackField.model_validate(
        {
            "source": field.source,
            "target": field.target,
            "description": field.description or description or name,
            "number": line["number"],
            "kind": field.kind,
            "title": field.title,
            "link": field.link,
            "type": "String" if field.target == RS_IDS else line["type"],
        }
    )
