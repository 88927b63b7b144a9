"""The files that travel to instances."""

import os
import zipfile
from hashlib import sha256
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3_assets as s3_assets

from stacks import assets, wheels
from stacks.archive_asset import AssetError, archive_asset
from stacks.assets import LOCK
from stacks.settings import Software
from tests.unit.certificates.package_registry import PackageRegistry
from tests.unit.certificates.package_registry import wheel as tiny_wheel

NATIVE = Software(python="python3", platform="native")
AL2023 = Software(python="python3.12", platform="manylinux_2_34_x86_64")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("GAS_CACHE_DIR", str(folder))
    return folder


def stack(tmp_path: Path, *, bundling: bool = True) -> cdk.Stack:
    context: dict[str, list[str]] = {} if bundling else {"aws:cdk:bundling-stacks": []}
    return cdk.Stack(cdk.App(outdir=str(tmp_path / "out"), context=context), "Try")


def asset(scope: cdk.Stack, *, made: list[Path]) -> s3_assets.Asset:
    def write(target: Path) -> None:
        made.append(target)
        target.write_bytes(b"zip")

    return archive_asset(scope, "It", key="k" * 64, write=write)


def test_should_be_made_once_when_the_cache_has_it(tmp_path: Path, cache: Path) -> None:
    made: list[Path] = []
    for run in ("first", "second"):
        asset(stack(tmp_path / run), made=made)
    assert len(made) == 1
    assert [path.name for path in cache.iterdir()] == [f"it-{'k' * 64}.zip"]


def test_should_make_nothing_when_no_bundling_is_asked_for(tmp_path: Path, cache: Path) -> None:
    made: list[Path] = []
    listed = asset(stack(tmp_path / "ls", bundling=False), made=made)
    assert made == []
    assert listed.s3_object_key == asset(stack(tmp_path / "deploy"), made=made).s3_object_key


def test_should_leave_nothing_in_the_cache_when_making_fails(tmp_path: Path, cache: Path) -> None:
    def write(target: Path) -> None:
        target.write_bytes(b"half")
        raise AssetError("no room")

    with pytest.raises(AssetError, match="no room"):
        archive_asset(stack(tmp_path), "It", key="k" * 64, write=write)
    assert list(cache.iterdir()) == []


def test_should_hold_code_boot_script_and_browser_libraries_when_code_is_packed(
    tmp_path: Path, cache: Path
) -> None:
    assets.runtime_code(stack(tmp_path), stage="local")
    [path] = cache.iterdir()
    names = zipfile.ZipFile(path).namelist()
    assert {
        "runtime/boot/boot.sh",
        "runtime/boot/gas@.service",
        "runtime/requirements.txt",
        "runtime/contract/environment.py",
        "runtime/web/static/vendor/igv.esm.min.js",
    } <= set(names)
    assert not [name for name in names if "__pycache__" in name or not name.startswith("runtime/")]


def test_should_say_what_to_run_when_the_browser_libraries_are_missing(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "VENDOR", {"igv.esm.min.js": tmp_path / "none"})
    with pytest.raises(AssetError, match="run npm ci"):
        assets.runtime_code(stack(tmp_path), stage="local")


def test_should_hold_a_manifest_at_its_top_when_the_bundle_is_packed(
    tmp_path: Path, cache: Path
) -> None:
    assets.reference_bundle(stack(tmp_path))
    [path] = cache.iterdir()
    assert "manifest.json" in zipfile.ZipFile(path).namelist()


def test_should_say_so_when_the_bundle_cannot_be_built(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)  # where there is no package `reference`
    monkeypatch.delenv("PYTHONPATH", raising=False)  # the launcher sets it
    with pytest.raises(AssetError, match="reference bundle wasn't built"):
        assets.reference_bundle(stack(tmp_path))


def test_should_have_other_wheels_when_lock_or_target_differ(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("six==1.17.0")
    keys = {wheels.key(LOCK, NATIVE), wheels.key(LOCK, AL2023), wheels.key(lock, AL2023)}
    assert len(keys) == 3


def test_should_name_every_older_platform_when_pip_takes_tags_by_the_letter() -> None:
    tags = wheels.platform_tags("manylinux_2_34_x86_64")
    assert tags[0] == "manylinux_2_34_x86_64"
    assert {"manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"} <= set(tags)
    assert "manylinux_2_35_x86_64" not in tags


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only wheel that pip can find."""
    path = tmp_path / "links" / "tiny-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0"
        )
        file.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return path


@pytest.mark.parametrize("software", [NATIVE, AL2023], ids=["native", "al2023"])
def test_should_hold_the_locks_wheels_uncompressed_when_they_are_packed(
    tmp_path: Path, wheel: Path, software: Software
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"tiny==1.0 --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n")
    wheels.write(tmp_path / "wheels.zip", lock, software)
    [entry] = zipfile.ZipFile(tmp_path / "wheels.zip").infolist()
    assert entry.filename == f"wheels/{wheel.name}"
    assert entry.compress_type == zipfile.ZIP_STORED


@pytest.mark.parametrize("hashes", [f" --hash=sha256:{'0' * 64}", ""], ids=["other", "none"])
def test_should_fail_when_a_wheel_is_not_the_one_that_the_lock_holds(
    tmp_path: Path, wheel: Path, hashes: str
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"tiny==1.0{hashes}\n")
    said = r"pip download of requirements.txt for python3\S* \S+ failed"
    with pytest.raises(AssetError, match=said):
        wheels.write(tmp_path / "wheels.zip", lock, AL2023)
    assert not (tmp_path / "wheels.zip").exists()


def test_should_trust_the_systems_certificates_when_wheels_are_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL takes the file for the system's store, which pip doesn't ask by itself."""
    for name in list(os.environ):
        if name.startswith("PIP_") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    with PackageRegistry(tmp_path, {"tiny": tiny_wheel("tiny")}) as registry:
        monkeypatch.setenv("PIP_INDEX_URL", f"{registry.url}/simple/")
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_RETRIES", "0")
        monkeypatch.setenv("SSL_CERT_FILE", str(registry.ca))
        lock = tmp_path / "requirements.txt"
        lock.write_text(registry.requirements())
        wheels.write(tmp_path / "wheels.zip", lock, NATIVE)
    [entry] = zipfile.ZipFile(tmp_path / "wheels.zip").infolist()
    assert entry.filename.startswith("wheels/tiny-1.0")
