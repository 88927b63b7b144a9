"""Fetches the sample VCF of the annotators' default reference from S3."""

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from local.aws.account import Account
from local.errors import LocalError
from runtime.common.manifest import FILE_NAME
from runtime.contract.environment import variable_name

VARIABLE = variable_name("references_s3_uris")

_DEFAULT = re.compile(rf"^{VARIABLE}=[\"']?s3://([^/\s]+)/([^\s\"',]+)", re.MULTILINE)


@dataclass(frozen=True)
class Sample:
    """A VCF, and the name of the reference that it is a sample of."""

    vcf: Path
    reference: str


def fetch_sample(account: Account, user_data: str, folder: Path) -> Sample:
    """Fetch the sample of the default reference into `folder`.

    Args:
        account: where the reference is.
        user_data: of an annotator; it names the references.
        folder: an existing folder.

    Raises:
        LocalError: the user data names no reference, or the reference has no sample.
    """
    match = _DEFAULT.search(user_data)
    if match is None:
        raise LocalError(f"The annotators' user data doesn't set {VARIABLE}.")
    bucket, key = match.groups()
    s3 = account.client("s3")
    if not key.endswith(".zip"):
        body = s3.get_object(Bucket=bucket, Key=f"{key}/{FILE_NAME}")["Body"].read()
        reference, name = _sample_of(body)
        s3.download_file(bucket, f"{key}/{name}", str(folder / Path(name).name))
        return Sample(folder / Path(name).name, reference)
    archive = folder / "reference.zip"
    s3.download_file(bucket, key, str(archive))
    with zipfile.ZipFile(archive) as files:
        reference, name = _sample_of(files.read(FILE_NAME))
        return Sample(Path(files.extract(name, folder)), reference)


def _sample_of(manifest: bytes) -> tuple[str, str]:
    """Name of the reference, and of its sample."""
    read = json.loads(manifest)
    if read["sample"] is None:
        raise LocalError(f"The default reference, {read['name']}, has no sample to annotate.")
    return str(read["name"]), str(read["sample"])
