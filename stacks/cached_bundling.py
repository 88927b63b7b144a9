"""CDK assets that are one zip file each, made once and kept by their key."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import jsii
from aws_cdk import (
    AssetHashType,
    BundlingOptions,
    BundlingOutput,
    DockerImage,
    ILocalBundling,
)
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

CACHE = Path(__file__).resolve().parent.parent / ".gas/cache"


class BundlingError(Exception):
    """An asset can't be made; the text says what to do."""


def archive_asset(
    scope: Construct, name: str, *, source: Path, key: str, write: Callable[[Path], None]
) -> s3_assets.Asset:
    """An asset of the zip file that `write(path)` makes, unless one with this key is there.

    The CDK skips the making where the assembly has the asset already, for `cdk ls`, and where
    the context `aws:cdk:bundling-stacks` names no stack.
    """
    return s3_assets.Asset(
        scope,
        name,
        path=str(source),
        asset_hash=key,
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("none"),  # asked for, and never used
            local=_Cached(name, key, write),
            output_type=BundlingOutput.ARCHIVED,
        ),
    )


@jsii.implements(ILocalBundling)
class _Cached:
    def __init__(self, name: str, key: str, write: Callable[[Path], None]) -> None:
        self._file_name = f"{name.lower()}-{key}.zip"
        self._name = name
        self._write = write

    def try_bundle(self, output_dir: str, *, image: DockerImage, **_options: object) -> bool:
        cache = Path(os.environ.get("GAS_CACHE_DIR", CACHE))
        cached = cache / self._file_name
        if not cached.exists():
            print(f"making asset {self._name} ...", file=sys.stderr, flush=True)
            cache.mkdir(parents=True, exist_ok=True)
            part = cache / f"{self._file_name}.{os.getpid()}.part"
            try:
                self._write(part)
                part.replace(cached)
            finally:
                part.unlink(missing_ok=True)
        shutil.copyfile(cached, Path(output_dir) / self._file_name)
        return True
