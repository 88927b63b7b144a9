"""The sample VCF of the reference bundle that annotators were given, fetched from S3 as they do."""

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
        user_data: of an annotator; names the bundle.
        folder: must exist.

    Raises:
        LocalError: the user data names no bundle.
    """
    match = _LOCATION.search(user_data)
    if match is None:
        raise LocalError(f"The annotators' user data doesn't set {VARIABLE}.")
    archive = folder / "bundle.zip"
    account.client("s3").download_file(match.group(1), match.group(2), str(archive))
    with zipfile.ZipFile(archive) as bundle:
        name = str(json.loads(bundle.read("manifest.json"))["sample"])
        return Path(bundle.extract(name, folder))
