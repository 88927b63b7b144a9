"""Fetches the sample VCF of the annotators' reference bundle from S3."""

import json
import re
import zipfile
from pathlib import Path

from local.aws.account import Account
from local.errors import LocalError
from runtime.contract.environment import variable_name

VARIABLE = variable_name("bundle_s3_uri")

_LOCATION = re.compile(rf"^{VARIABLE}=[\"']?s3://([^/\s]+)/([^\s\"']+)", re.MULTILINE)


def fetch_sample(account: Account, user_data: str, folder: Path) -> Path:
    """Unpack the sample of a bundle into `folder`.

    Args:
        account: where the bundle is.
        user_data: of an annotator; it names the bundle.
        folder: an existing folder.

    Raises:
        LocalError: the user data doesn't name a bundle.
    """
    match = _LOCATION.search(user_data)
    if match is None:
        raise LocalError(f"The annotators' user data doesn't set {VARIABLE}.")
    archive = folder / "bundle.zip"
    account.client("s3").download_file(match.group(1), match.group(2), str(archive))
    with zipfile.ZipFile(archive) as bundle:
        name = str(json.loads(bundle.read("manifest.json"))["sample"])
        return Path(bundle.extract(name, folder))
