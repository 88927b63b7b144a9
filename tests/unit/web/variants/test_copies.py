"""Copies on the disk: of the version that S3 has, bounded, and never taken from who uses them."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.web.services.variants.copies import Copies, NoRoom, ResultMissing, ResultTooLarge
from tests.unit.web.site import Site


@pytest.fixture
def copies(site: Site, folder: Path) -> Copies:
    return Copies(site.s3, site.config.results_bucket, folder, max_bytes=300)


def put(copies: Copies, size: int, key: str | None = None) -> str:
    key = key or f"users/{uuid.uuid4()}"
    copies.s3.put_object(Bucket=copies.bucket, Key=key, Body=os.urandom(size))
    return key


def held(copies: Copies) -> int:
    return len(list(copies.folder.glob("*.parquet")))


def test_should_hold_what_s3_holds_when_an_object_was_replaced(copies: Copies) -> None:
    key = put(copies, 10)
    with copies.open(key) as first:
        before = first.read_bytes()
    put(copies, 10, key)
    with copies.open(key) as second:
        assert second.read_bytes() != before
        assert (
            second.read_bytes()
            == copies.s3.get_object(Bucket=copies.bucket, Key=key)["Body"].read()
        )
    assert held(copies) == 1


def test_should_drop_the_copy_when_the_object_is_gone(copies: Copies) -> None:
    key = put(copies, 10)
    with copies.open(key):
        pass
    copies.s3.delete_object(Bucket=copies.bucket, Key=key)
    with pytest.raises(ResultMissing), copies.open(key):
        pass
    assert held(copies) == 0


def test_should_forget_one_object_alone(copies: Copies) -> None:
    keys = [put(copies, 10) for _ in range(3)]
    for key in keys:
        with copies.open(key):
            pass
    copies.forget(keys[0])
    copies.forget(keys[0])
    assert held(copies) == 2


def test_should_refuse_what_is_too_large_for_a_copy(copies: Copies) -> None:
    key = put(copies, 250)
    with pytest.raises(ResultTooLarge), replace(copies, max_one_bytes=200).open(key):
        pass


def test_should_drop_what_was_used_longest_ago_when_there_is_no_room(copies: Copies) -> None:
    keys = [put(copies, 100) for _ in range(4)]
    paths = []
    for at, key in enumerate(keys[:3]):
        with copies.open(key) as path:
            paths.append(path)
        os.utime(path, (time.time() - 100 + at,) * 2)
    with copies.open(keys[0]):  # now the second is the oldest
        pass
    with copies.open(keys[3]):
        assert [path.exists() for path in paths] == [True, False, True]


def test_should_keep_what_is_in_use_when_there_is_no_room(copies: Copies) -> None:
    first, second = put(copies, 200), put(copies, 200)
    with copies.open(first) as path:
        with pytest.raises(NoRoom), copies.open(second):
            pass
        assert path.exists()
    with copies.open(second):
        assert held(copies) == 1


def test_should_sweep_what_nobody_has_used_for_a_while(copies: Copies) -> None:
    for _ in range(2):
        with copies.open(put(copies, 10)) as unused:
            pass
        os.utime(unused, (time.time() - 700,) * 2)
    with copies.open(put(copies, 10)) as used:
        pass
    with copies.open(put(copies, 10)) as in_use:
        os.utime(in_use, (time.time() - 700,) * 2)
        copies.sweep()
        assert {path.name for path in copies.folder.glob("*.parquet")} == {used.name, in_use.name}
    copies.sweep()
    assert held(copies) == 1


def test_should_fetch_once_when_many_ask_at_once(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(copies, 100)
    fetched: list[str] = []
    get = copies.s3.get_object

    def counted(**kwargs: Any) -> Any:
        fetched.append(kwargs["Key"])
        return get(**kwargs)

    monkeypatch.setattr(copies.s3, "get_object", counted)

    def read(_: int) -> bytes:
        with copies.open(key) as path:
            return path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(read, range(8)))) == 1
    assert len(fetched) == 1


def test_should_leave_nothing_behind_when_a_fetch_fails(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(copies, 10)

    class Broken:
        def read(self, _size: int) -> bytes:
            raise ConnectionError

    monkeypatch.setattr(copies.s3, "get_object", lambda **_: {"Body": Broken()})
    with pytest.raises(ConnectionError), copies.open(key):
        pass
    assert [path.name for path in copies.folder.iterdir()] == ["fetching"]
