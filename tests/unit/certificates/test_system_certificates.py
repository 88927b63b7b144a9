"""Installing works behind a proxy that inspects TLS: the system's certificates are trusted.

The system's store is replaced for the commands of these tests alone, in a mount namespace. That
needs root. Without it they are skipped, except in CI.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.certificates.package_registry import PackageRegistry, wheel
from tests.unit.test_architecture import ROOT

STORE = Path("/etc/ssl/certs")
"""Where Debian, Ubuntu and Alpine have it, and where OpenSSL, Node and uv look."""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[PackageRegistry]:
    uv = ROOT / ".venv/bin/uv"
    wheels = {"uv": wheel("uv", script=f'#!/bin/sh\nexec {uv} "$@"\n'), "tiny": wheel("tiny")}
    with PackageRegistry(tmp_path, wheels) as registry:
        yield registry


def run_behind_proxy(
    registry: PackageRegistry, command: list[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command on a system whose store of certificates has the registry's CA alone."""
    store = folder / "store"
    store.mkdir()
    shutil.copy(registry.ca, store / "ca-certificates.crt")
    subprocess.run(["openssl", "rehash", str(store)], check=True, capture_output=True)
    mount = f'mount --bind {store} {STORE} && exec "$@"'
    environment = {
        "PATH": f"{ROOT / '.venv/bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "PIP_INDEX_URL": f"{registry.url}/simple/",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "UV_DEFAULT_INDEX": f"{registry.url}/simple/",
        "UV_NO_CONFIG": "1",
        "UV_CACHE_DIR": str(folder / "uv"),
        "npm_config_globalconfig": os.devnull,
        "npm_config_fetch_retries": "0",
    }
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", *command],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(autouse=True)
def root() -> None:
    """Nobody else may mount, and only here is it clear where the system's store is."""
    if os.geteuid() == 0 and STORE.is_dir() and shutil.which("unshare"):
        return
    if os.environ.get("CI"):
        pytest.fail("the system's store of certificates can't be replaced here")
    pytest.skip("replacing the system's store of certificates needs root")


def test_should_install_everything_when_only_the_system_knows_the_registries_ca(
    registry: PackageRegistry, tmp_path: Path
) -> None:
    tree = tmp_path / "clone"
    (tree / "local").mkdir(parents=True)
    shutil.copy(ROOT / "gas", tree)
    (tree / "local/__main__.py").touch()
    (tree / "requirements.txt").write_text(registry.requirements())
    (tree / "package.json").write_text(
        json.dumps({"name": "gas", "dependencies": {"tiny": "1.0.0"}})
    )
    (tree / "package-lock.json").write_text(json.dumps(registry.package_lock()))

    done = run_behind_proxy(registry, [str(tree / "gas"), "--help"], tmp_path)

    assert done.returncode == 0, done.stderr
    assert list(tree.glob(".venv/lib/*/site-packages/tiny-1.0.dist-info"))
    assert (tree / "node_modules/tiny/package.json").is_file()
