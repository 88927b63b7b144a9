"""CDK assets that are one zip file each, made once and cached by their key."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from aws_cdk import AssetHashType, Stack
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".gas/cache"


class AssetError(Exception):
    """An asset can't be made; the message says what to do."""


def archive_asset(
    scope: Construct, name: str, *, key: str, write: Callable[[Path], None]
) -> s3_assets.Asset:
    """Return the asset of a zip file, which `write(path)` makes unless the cache has it by `key`.

    No file is made where the CDK asks for no bundling: for `cdk ls`, for stacks that a command
    doesn't name, and in tests, by the context `aws:cdk:bundling-stacks`. The template is the same.
    """
    if Stack.of(scope).bundling_required:
        path = _cached(f"{name.lower()}-{key}.zip", write)
    else:
        path = ROOT / "stages"  # any folder will do: it becomes a zip file with that key
    return s3_assets.Asset(
        scope, name, path=str(path), asset_hash=key, asset_hash_type=AssetHashType.CUSTOM
    )


def _cached(file_name: str, write: Callable[[Path], None]) -> Path:
    folder = Path(os.environ.get("GAS_CACHE_DIR", CACHE))
    cached = folder / file_name
    if cached.exists():
        return cached
    sys.stderr.write(f"making {file_name} ...\n")
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{file_name}.{os.getpid()}.part"
    try:
        write(part)
        part.replace(cached)
    finally:
        part.unlink(missing_ok=True)
    return cached
