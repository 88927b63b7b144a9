"""The mark that spares a start from comparing gigabytes again."""

import os
import shutil
from pathlib import Path

import pytest

from runtime.common import bundle_files
from runtime.common.manifest import Manifest


@pytest.fixture
def folder(bundle_folder: Path, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(bundle_folder, tmp_path / "rcrs"))
    (copy / bundle_files.MARK).unlink(missing_ok=True)
    return copy


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / "manifest.json").read_bytes())


def test_should_read_no_file_when_the_mark_says_that_all_were_compared(
    folder: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle_files.verify(folder, manifest)
    bundle_files.mark_verified(folder, manifest)
    read: list[str] = []
    whole = bundle_files.digest

    def digest(path: Path) -> str:
        read.append(path.name)
        return whole(path)

    monkeypatch.setattr(bundle_files, "digest", digest)
    bundle_files.verify(folder, manifest)
    assert read == ["manifest.json"]


@pytest.mark.parametrize("change", ["bytes", "manifest", "mark", "missing"])
def test_should_compare_again_when_something_has_changed_since_the_mark(
    folder: Path, manifest: Manifest, change: str
) -> None:
    bundle_files.mark_verified(folder, manifest)
    assert bundle_files.is_verified(folder, manifest)
    path = folder / "genome.fa"
    match change:
        case "bytes":
            # As many, at another time.
            path.write_bytes(path.read_bytes().replace(b"A", b"C", 1))
            os.utime(path, ns=(0, 1))
        case "manifest":
            (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes() + b"\n")
        case "mark":
            (folder / bundle_files.MARK).write_text("{}")
        case "missing":
            path.unlink()
    assert not bundle_files.is_verified(folder, manifest)
    if change in ("bytes", "missing"):
        with pytest.raises(bundle_files.WrongFile, match=r"genome\.fa"):
            bundle_files.verify(folder, manifest)
