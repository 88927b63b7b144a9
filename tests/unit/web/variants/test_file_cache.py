"""Files on the disk: of the version that S3 has, bounded, and never evicted while in use."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.web.services.variants.file_cache import (
    CacheFull,
    ResultFileCache,
    ResultMissing,
    ResultTooLarge,
)
from tests.unit.web.site import Site


@pytest.fixture
def cache(site: Site, folder: Path) -> ResultFileCache:
    return ResultFileCache(site.s3, site.config.results_bucket, folder, max_bytes=300)


def put(cache: ResultFileCache, size: int, key: str | None = None) -> str:
    key = key or f"users/{uuid.uuid4()}"
    cache.s3.put_object(Bucket=cache.bucket, Key=key, Body=os.urandom(size))
    return key


def count(cache: ResultFileCache) -> int:
    return len(list(cache.folder.glob("*.parquet")))


def test_should_hold_what_s3_holds_when_an_object_was_replaced(cache: ResultFileCache) -> None:
    key = put(cache, 10)
    with cache.open(key) as first:
        before = first.read_bytes()
    put(cache, 10, key)
    with cache.open(key) as second:
        assert second.read_bytes() != before
        assert (
            second.read_bytes() == cache.s3.get_object(Bucket=cache.bucket, Key=key)["Body"].read()
        )
    assert count(cache) == 1


def test_should_evict_a_file_when_its_object_is_gone(cache: ResultFileCache) -> None:
    key = put(cache, 10)
    with cache.open(key):
        pass
    cache.s3.delete_object(Bucket=cache.bucket, Key=key)
    with pytest.raises(ResultMissing), cache.open(key):
        pass
    assert count(cache) == 0


def test_should_evict_one_object_only_when_told_which(cache: ResultFileCache) -> None:
    keys = [put(cache, 10) for _ in range(3)]
    for key in keys:
        with cache.open(key):
            pass
    cache.evict(keys[0])
    cache.evict(keys[0])
    assert count(cache) == 2


def test_should_refuse_an_object_when_it_is_larger_than_a_file_may_be(
    cache: ResultFileCache,
) -> None:
    key = put(cache, 250)
    with pytest.raises(ResultTooLarge), replace(cache, max_file_bytes=200).open(key):
        pass


def test_should_evict_the_least_recently_used_when_there_is_no_space(
    cache: ResultFileCache,
) -> None:
    keys = [put(cache, 100) for _ in range(4)]
    paths = []
    for at, key in enumerate(keys[:3]):
        with cache.open(key) as path:
            paths.append(path)
        os.utime(path, (time.time() - 100 + at,) * 2)
    with cache.open(keys[0]):  # now the second is the oldest
        pass
    with cache.open(keys[3]):
        assert [path.exists() for path in paths] == [True, False, True]


def test_should_keep_a_file_in_use_when_there_is_no_space(cache: ResultFileCache) -> None:
    first, second = put(cache, 200), put(cache, 200)
    with cache.open(first) as path:
        with pytest.raises(CacheFull), cache.open(second):
            pass
        assert path.exists()
    with cache.open(second):
        assert count(cache) == 1


def test_should_evict_files_when_nobody_has_used_them_for_a_while(cache: ResultFileCache) -> None:
    for _ in range(2):
        with cache.open(put(cache, 10)) as unused:
            pass
        os.utime(unused, (time.time() - 700,) * 2)
    with cache.open(put(cache, 10)) as used:
        pass
    with cache.open(put(cache, 10)) as in_use:
        os.utime(in_use, (time.time() - 700,) * 2)
        cache.evict_idle()
        assert {path.name for path in cache.folder.glob("*.parquet")} == {used.name, in_use.name}
    cache.evict_idle()
    assert count(cache) == 1


def test_should_fetch_once_when_many_ask_at_once(
    cache: ResultFileCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(cache, 100)
    fetched: list[str] = []
    get = cache.s3.get_object

    def counted(**kwargs: Any) -> Any:
        fetched.append(kwargs["Key"])
        return get(**kwargs)

    monkeypatch.setattr(cache.s3, "get_object", counted)

    def read(_: int) -> bytes:
        with cache.open(key) as path:
            return path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(read, range(8)))) == 1
    assert len(fetched) == 1


def test_should_leave_nothing_behind_when_a_fetch_fails(
    cache: ResultFileCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(cache, 10)

    class Broken:
        def read(self, _size: int) -> bytes:
            raise ConnectionError

    monkeypatch.setattr(cache.s3, "get_object", lambda **_: {"Body": Broken()})
    with pytest.raises(ConnectionError), cache.open(key):
        pass
    assert [path.name for path in cache.folder.iterdir()] == ["fetching"]
