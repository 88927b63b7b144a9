"""Names of a job's files, and the keys under which S3 holds them.

A name is shown as its owner gave it, in any script. Keys have a form of it that every tool takes.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from runtime.contract.s3 import job_prefix

EXTENSIONS = (".vcf", ".vcf.gz", ".vcf.bgz")
"""What the name of an input may end in."""

MAX_FILE_NAME_LENGTH = 200
_UNSAFE = re.compile(r"[^A-Za-z0-9._+() -]")


def check_file_name(name: str) -> str:
    """Return `name`, composed (NFC), when it may be the name of an input.

    Letters of every script may be in it. macOS sends names decomposed, and the same name must be
    found again however it is typed.

    Raises:
        ValueError: with a sentence for the person who chose the file.
    """
    name = unicodedata.normalize("NFC", name)
    if not name.lower().endswith(EXTENSIONS):
        raise ValueError(f"The file name must end in {', '.join(EXTENSIONS[:-1])} or .vcf.bgz.")
    if len(name) > MAX_FILE_NAME_LENGTH:
        raise ValueError(f"The file name is longer than {MAX_FILE_NAME_LENGTH} characters.")
    if not name.isprintable() or "/" in name or "\\" in name or name[0] in ". ":
        raise ValueError(
            "The file name may hold no slash, no backslash and no invisible characters, and may "
            "not begin with a dot or a space."
        )
    return name


def safe_name(name: str) -> str:
    """Return the form of a file's name that is in keys: ASCII, and as long as the name.

    Accents are dropped, and other characters become underscores: `Müller, 父.vcf` is
    `Muller_ _.vcf`. Two names may become one, so a key has the job's id too.
    """
    letters = (unicodedata.normalize("NFD", each)[0] for each in unicodedata.normalize("NFC", name))
    return _UNSAFE.sub("_", "".join(letters))


def _stem(input_file_name: str) -> str:
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if input_file_name.lower().endswith(extension):
            return input_file_name[: -len(extension)]
    raise ValueError(f"{input_file_name!r} doesn't end in {', '.join(EXTENSIONS)}")


@dataclass(frozen=True)
class ResultNames:
    """Names of the files that annotating one input yields."""

    vcf: str
    index: str
    parquet: str
    genotypes: str
    summary: str
    log: str

    @classmethod
    def of(cls, input_file_name: str) -> Self:
        """Names for an input `x.vcf`, `x.vcf.gz` or `x.vcf.bgz`.

        Raises:
            ValueError: the name ends in none of them.
        """
        stem = _stem(input_file_name)
        return cls(
            vcf=f"{stem}.annot.vcf.gz",
            index=f"{stem}.annot.vcf.gz.tbi",
            parquet=f"{stem}.variants.parquet",
            genotypes=f"{stem}.genotypes.parquet",
            summary=f"{stem}.summary.json",
            log=f"{stem}.vcf.count.log",
        )


NOT_ALWAYS = ("index", "genotypes")
"""What not every result has: one whose records aren't sorted has no index, and one of a file
without samples, or with very many, no table of genotypes."""

ARCHIVED_FILES = ("vcf", "parquet", *NOT_ALWAYS)
"""What is archived of a result, by the names of ResultNames. Summary and log stay readable."""


def input_key(user_id: str, job_id: str, file_name: str) -> str:
    """Return the key of a job's input in the inputs bucket."""
    return job_prefix(user_id, job_id) + safe_name(file_name)


def result_keys(user_id: str, job_id: str, input_file_name: str) -> ResultNames:
    """Return the keys of a job's results in the results bucket."""
    prefix = job_prefix(user_id, job_id)
    names = ResultNames.of(safe_name(input_file_name))
    return ResultNames(
        vcf=prefix + names.vcf,
        index=prefix + names.index,
        parquet=prefix + names.parquet,
        genotypes=prefix + names.genotypes,
        summary=prefix + names.summary,
        log=prefix + names.log,
    )
