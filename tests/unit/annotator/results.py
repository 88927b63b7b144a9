"""The results of annotating some bytes, opened for looking at."""

import gzip
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import Outcome, annotate_file
from runtime.common.keys import ResultNames


@dataclass(frozen=True)
class Result:
    """What a job wrote."""

    outcome: Outcome
    folder: Path
    names: ResultNames

    @cached_property
    def lines(self) -> list[bytes]:
        """Lines of the annotated VCF."""
        return gzip.decompress((self.folder / self.names.vcf).read_bytes()).split(b"\n")[:-1]

    @cached_property
    def header(self) -> list[bytes]:
        """Header lines of the annotated VCF, that of the columns included."""
        return [line for line in self.lines if line.startswith(b"#")]

    @cached_property
    def records(self) -> list[list[bytes]]:
        """Columns of the annotated VCF's records."""
        return [line.split(b"\t") for line in self.lines if not line.startswith(b"#")]

    @cached_property
    def infos(self) -> list[dict[str, str]]:
        """INFO of the annotated VCF's records."""
        return [
            dict(item.partition("=")[::2] for item in record[7].decode().split(";"))
            for record in self.records
        ]

    @cached_property
    def effects(self) -> list[list[dict[str, str]]]:
        """The entries of CSQ of each record, read as `bcftools +split-vep` does."""
        return [csq_entries(self.header, info.get("CSQ", "")) for info in self.infos]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the Parquet file."""
        return pq.read_table(self.folder / self.names.parquet).to_pylist()

    @property
    def summary(self) -> Any:
        """The summary."""
        return self.outcome.summary

    @cached_property
    def log(self) -> str:
        """The log."""
        return (self.folder / self.names.log).read_text()


def annotate_bytes(
    data: bytes, name: str, folder: Path, *, bundle: Bundle, process: EnginePool, limits: Limits
) -> Result:
    """Annotate an upload that holds `data`."""
    out = folder / f"out-{uuid.uuid4().hex}"
    out.mkdir()
    source = out.with_suffix(".input")
    source.write_bytes(data)
    outcome = annotate_file(source, name, bundle, out, limits=limits, process=process)
    return Result(outcome, out, ResultNames.of(name))


def csq_entries(header: list[bytes], text: str, key: str = "CSQ") -> list[dict[str, str]]:
    """Take a value of INFO/CSQ apart by the names that the header's "Format: " gives."""
    (line,) = [each.decode() for each in header if each.startswith(f"##INFO=<ID={key},".encode())]
    names = line.split("Format: ")[1].removesuffix('">').split("|")
    entries = [entry.split("|") for entry in text.split(",")] if text else []
    return [dict(zip(names, entry, strict=True)) for entry in entries]
