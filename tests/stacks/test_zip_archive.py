"""Zip files whose bytes depend on their contents alone."""

import os
import zipfile
from pathlib import Path

from stacks import zip_archive


def tree_of(folder: Path) -> dict[str, Path]:
    for name in ("b.txt", "a/c.sh", "tests/test_x.py", "a/__pycache__/c.pyc"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (folder / "a/c.sh").chmod(0o755)
    return zip_archive.tree(folder, prefix="top")


def test_should_leave_out_caches_and_tests_when_listing_a_folder(tmp_path: Path) -> None:
    assert sorted(tree_of(tmp_path)) == ["top/a/c.sh", "top/b.txt"]


def test_should_write_the_same_bytes_when_files_are_newer(tmp_path: Path) -> None:
    files = tree_of(tmp_path / "in")
    zip_archive.write(tmp_path / "1.zip", files)
    for path in files.values():
        os.utime(path, (0, 0))
    zip_archive.write(tmp_path / "2.zip", dict(reversed(files.items())))
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_should_keep_the_right_to_execute_when_a_file_has_it(tmp_path: Path) -> None:
    zip_archive.write(tmp_path / "1.zip", tree_of(tmp_path / "in"))
    with zipfile.ZipFile(tmp_path / "1.zip") as file:
        assert file.getinfo("top/a/c.sh").external_attr >> 16 & 0o111
        assert not file.getinfo("top/b.txt").external_attr >> 16 & 0o111


def test_should_store_as_they_are_when_files_are_compressed_already(tmp_path: Path) -> None:
    zip_archive.write(tmp_path / "1.zip", tree_of(tmp_path / "in"), compress=False)
    with zipfile.ZipFile(tmp_path / "1.zip") as file:
        assert {entry.compress_type for entry in file.infolist()} == {zipfile.ZIP_STORED}


def test_should_have_another_key_when_anything_changes(tmp_path: Path) -> None:
    files = tree_of(tmp_path)
    keys = [zip_archive.digest(files), zip_archive.digest(files, "python3.12")]
    keys.append(zip_archive.digest({"other": files["top/b.txt"]}))
    files["top/b.txt"].write_text("changed")
    keys.append(zip_archive.digest(files))
    assert len(set(keys)) == 4
