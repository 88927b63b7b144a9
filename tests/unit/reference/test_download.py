"""Downloads go on where they were cut off, and only whole, checked files are kept."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reference.errors import InputError
from reference.progress import Progress
from reference.recipes.checksums import Checksum
from reference.recipes.download import TRIES, Downloader
from reference.recipes.sources import Remote
from tests.unit.reference.releases import MODIFIED, Mirror, serving

NAME = "host/pub/x.gz"
CONTENT = bytes(range(256)) * 4000
CHECKSUM = Checksum("md5", hashlib.md5(CONTENT).hexdigest())


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    """A mirror with one file."""
    with serving(Mirror({NAME: CONTENT})) as made:
        yield made


class _Download:
    """One file's download into a folder, with what it says and how long it would have waited."""

    def __init__(self, mirror: Mirror, folder: Path) -> None:
        self.remote = Remote(f"{mirror.url}/{NAME}", folder / "x.gz")
        self.said: list[str] = []
        self.pauses: list[float] = []
        ticks = iter(range(0, 10**6, 5))
        progress = Progress(self.said.append, lambda: float(next(ticks)))
        self.during_pause: Callable[[], object] = list
        self.downloader = Downloader(progress, self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.during_pause()

    def fetch(self, checksum: Checksum | None = CHECKSUM) -> bytes:
        facts = self.downloader.ask(self.remote.url)
        self.downloader.fetch(self.remote, facts, checksum)
        return self.remote.path.read_bytes()


@pytest.fixture
def download(mirror: Mirror, tmp_path: Path) -> Iterator[_Download]:
    """The download of that file."""
    made = _Download(mirror, tmp_path / "kept")
    yield made
    made.downloader.close()


def test_should_fetch_only_the_rest_when_a_download_is_cut_off(
    mirror: Mirror, download: _Download
) -> None:
    mirror.cut_off.add(NAME)

    assert download.fetch() == CONTENT

    assert mirror.fetched(NAME) == [None, f"bytes={len(CONTENT) // 2}-"]
    assert download.remote.path.stat().st_mtime == MODIFIED
    assert download.pauses == [1.0]
    assert "x.gz: 1.02 MB of 1.02 MB (100%)" in " ".join(download.said)
    assert sorted(path.name for path in download.remote.path.parent.iterdir()) == [
        "x.gz",
        "x.gz.checked.json",
    ]


def test_should_go_on_in_the_next_run_when_it_never_gets_through(
    mirror: Mirror, download: _Download
) -> None:
    half = len(CONTENT) // 2
    mirror.cut_off.add(NAME)
    mirror.refused[NAME] = [200, 200, *[503] * TRIES]

    with pytest.raises(InputError, match=r"was cut off again and again .*503.* run the same"):
        download.fetch()
    assert download.remote.path.with_name("x.gz.part").stat().st_size == half
    assert download.fetch() == CONTENT

    assert mirror.fetched(NAME)[-1] == f"bytes={half}-"


def test_should_begin_anew_when_the_file_was_replaced_meanwhile(
    mirror: Mirror, download: _Download
) -> None:
    mirror.cut_off.add(NAME)
    newer = CONTENT[::-1]
    download.during_pause = lambda: mirror.files.update({NAME: newer})

    assert download.fetch(Checksum("md5", hashlib.md5(newer).hexdigest())) == newer


def test_should_begin_anew_when_a_run_was_ended_while_it_took_notes(
    mirror: Mirror, download: _Download
) -> None:
    path = download.remote.path
    path.parent.mkdir()
    path.with_name("x.gz.part").write_bytes(b"other")
    path.with_name("x.gz.part.json").write_text('{"size": 1')
    path.with_name("x.gz.checked.json").write_text("")
    path.write_bytes(b"other")

    assert download.fetch() == CONTENT

    assert mirror.fetched(NAME) == [None]


def test_should_keep_nothing_when_the_checksum_differs(download: _Download) -> None:
    with pytest.raises(InputError, match=r"is damaged, or was replaced just now: .* md5:0, and is"):
        download.fetch(Checksum("md5", "0"))

    assert list(download.remote.path.parent.iterdir()) == []


def test_should_not_wait_when_a_server_refuses(mirror: Mirror, download: _Download) -> None:
    mirror.refused[NAME] = [403]

    with pytest.raises(InputError, match=f"{NAME}: the server answers 403"):
        download.fetch()

    assert download.pauses == []


def test_should_try_again_when_a_server_is_busy(mirror: Mirror, download: _Download) -> None:
    mirror.refused[NAME] = [503, 429, 200, 502]

    assert download.fetch() == CONTENT

    assert download.pauses == [1.0, 2.0, 1.0]


def test_should_ask_another_way_when_a_server_knows_no_head(
    mirror: Mirror, download: _Download
) -> None:
    mirror.refused[NAME] = [405]

    assert download.fetch() == CONTENT

    assert [method for method, *_ in mirror.requests] == ["HEAD", "GET", "GET"]


def test_should_say_so_when_a_server_cannot_be_reached(tmp_path: Path) -> None:
    pauses: list[float] = []
    downloader = Downloader(Progress(print), pauses.append)

    with pytest.raises(InputError, match="can't be reached"):
        downloader.ask("http://127.0.0.1:1/x")

    assert len(pauses) == TRIES - 1
    downloader.close()


def test_should_take_a_file_for_there_when_it_is_the_publishers(
    mirror: Mirror, download: _Download
) -> None:
    facts = download.downloader.ask(download.remote.url)
    path = download.remote.path
    path.parent.mkdir()

    def is_there(checksum: Checksum | None = CHECKSUM) -> bool:
        return download.downloader.is_there(download.remote, facts, checksum)

    assert not is_there()
    path.write_bytes(CONTENT[1:])
    assert not is_there()
    path.write_bytes(CONTENT)
    assert not is_there(None)
    assert is_there()
    path.write_bytes(CONTENT + b"x")
    assert not is_there()
