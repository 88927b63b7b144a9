"""What is to be exported: a job's result, in a form, by a filter. It decides the key in S3."""

import hashlib
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from runtime.common.job import Job
from runtime.common.keys import ResultNames, safe_name
from runtime.contract.s3 import job_exports_prefix
from runtime.web.services.remarks import Mark
from runtime.web.services.variants.filters import VariantFilter, VariantQuery

CONTENT_VERSION = 1
"""Raise it when a release writes other bytes for the same request: exports made by the release
before aren't used any more."""


class ExportForm(StrEnum):
    """The files that can be made, by the names of their routes."""

    VCF = "vcf"
    VARIANTS_TSV = "variants_tsv"
    EFFECTS_TSV = "effects_tsv"
    PARQUET = "parquet"


class _FileType(NamedTuple):
    extension: str
    media_type: str


_TSV = "text/tab-separated-values; charset=utf-8"

_FILE_TYPES = {
    ExportForm.VCF: _FileType("vcf.gz", "application/gzip"),
    ExportForm.VARIANTS_TSV: _FileType("tsv", _TSV),
    ExportForm.EFFECTS_TSV: _FileType("effects.tsv", _TSV),
    ExportForm.PARQUET: _FileType("parquet", "application/vnd.apache.parquet"),
}


class ExportRequest(BaseModel):
    """One export. Equal requests have one digest, and so one file in S3.

    Attributes:
        job: whose result it is, as the request found it.
        args: the filter, as its `to_args` returns it.
        marks: the stars and comments that who asks may see: TSV and Parquet have them, and the
            filter `starred` means them.
        raw: whether cells of a table stay as they are: see queries.as_lines.
    """

    model_config = ConfigDict(frozen=True)

    job: Job
    form: ExportForm
    args: tuple[tuple[str, str], ...] = ()
    raw: bool = False
    marks: tuple[Mark, ...] = ()

    @property
    def filter(self) -> VariantFilter:
        """The filter that the rows must meet."""
        values: dict[str, list[str]] = {}
        for name, value in self.args:
            values.setdefault(name, []).append(value)
        return VariantQuery.from_args(values).filter

    @property
    def digest(self) -> str:
        """Hexadecimal digits that stand for all that decides the file's bytes."""
        of = [
            str(CONTENT_VERSION),
            self.job.user_id,
            self.job.job_id,
            str(self.job.result_epoch),
            self.form,
            str(self.raw),
            urlencode(self.args),
            *(mark.model_dump_json() for mark in self.marks),
        ]
        return hashlib.sha256("\n".join(of).encode()).hexdigest()[:32]

    @property
    def key(self) -> str:
        """The key of the file in the results bucket."""
        folder = job_exports_prefix(self.job.user_id, self.job.job_id)
        return f"{folder}{self.digest}/{safe_name(self.file_name)}"

    @property
    def file_name(self) -> str:
        """The name under which a browser saves it."""
        stem = ResultNames.of(self.job.input_file_name).vcf.removesuffix(".annot.vcf.gz")
        what = "filtered" if self.args else "variants"
        return f"{stem}.{what}.{_FILE_TYPES[self.form].extension}"

    @property
    def media_type(self) -> str:
        """The value of its Content-Type."""
        return _FILE_TYPES[self.form].media_type
