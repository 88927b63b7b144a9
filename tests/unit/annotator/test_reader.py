"""Lines of an upload, however its blocks fall."""

import contextlib
import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.annotator import reader
from runtime.annotator.compression import Compression
from runtime.annotator.errors import InputRejected, shown
from runtime.annotator.limits import Limits
from runtime.annotator.reader import BLOCK_BYTES, Block, Reader
from runtime.annotator.records import records_of
from runtime.vcf import bgzf
from runtime.vcf.bgzf import BgzfWriter


def read(path: Path, limits: Limits | None = None) -> list[bytes]:
    with Reader(path, limits or Limits(), lambda _share: None) as opened:
        return [line for block in opened.blocks() for line in block.lines]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_should_give_the_same_lines_when_chunks_are_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, end: bytes
) -> None:
    lines = [b"first", b"", b"a\rb", b"last"]
    path = tmp_path / "x"
    monkeypatch.setattr(reader, "CHUNK", chunk)
    monkeypatch.setattr(reader, "BLOCK_LINES", 0)

    for tail in (b"", end):
        path.write_bytes(end.join(lines) + tail)
        assert read(path) == lines


def test_should_number_lines_from_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "CHUNK", 5)
    monkeypatch.setattr(reader, "BLOCK_LINES", 0)
    path = tmp_path / "x"
    path.write_bytes(b"one\ntwo\n\nthree\nfour")

    with Reader(path, Limits(), lambda _share: None) as opened:
        numbered = {
            number: line
            for block in opened.blocks()
            for number, line in enumerate(block.lines, block.first_line)
        }

    assert numbered == {1: b"one", 2: b"two", 3: b"", 4: b"three", 5: b"four"}


def test_should_tell_the_share_that_has_been_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "CHUNK", 100)
    monkeypatch.setattr(reader, "BLOCK_LINES", 0)
    path = tmp_path / "x"
    path.write_bytes(b"line\n" * 100)
    shares: list[float] = []

    with Reader(path, Limits(), shares.append) as opened:
        list(opened.blocks())

    assert len(shares) == 5
    assert shares == sorted(shares)
    assert (0 < shares[0] < 1, shares[-1]) == (True, 1)


def test_should_refuse_a_line_without_end_before_it_is_all_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"ok\n" + b"y" * 3_000_000)

    with pytest.raises(InputRejected, match="Line 2: longer than"):
        read(path, Limits(line_bytes=1_000_000))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(max_size=200)), repeat=st.integers(1, 900))
def test_should_write_bgzip_that_gzip_reads(
    tmp_path: Path, pieces: list[bytes], repeat: int
) -> None:
    path = tmp_path / "x.gz"
    with BgzfWriter(path, threads=2) as writer:
        for piece in pieces:
            writer.write(piece * repeat)

    assert gzip.decompress(path.read_bytes()) == b"".join(piece * repeat for piece in pieces)


def test_should_keep_blocks_small_when_the_text_can_not_be_compressed(tmp_path: Path) -> None:
    noise = b"".join(bytes([(i * i * 2_654_435_761 >> 11) & 255]) for i in range(200_000))
    path = tmp_path / "x.gz"

    with BgzfWriter(path) as writer:
        writer.write(noise)

    assert gzip.decompress(path.read_bytes()) == noise
    assert len(bgzf.compressed_block(noise[: bgzf.BLOCK_BYTES])) <= 2**16


def test_should_leave_a_bgzip_without_end_when_writing_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"

    with contextlib.suppress(RuntimeError), BgzfWriter(path) as writer:
        writer.write(b"text" * 100_000)
        raise RuntimeError

    with pytest.raises(InputRejected, match=r"empty|cut short"):
        read(path)


def test_should_know_bgzip_from_gzip(tmp_path: Path) -> None:
    with BgzfWriter(tmp_path / "x.bgz") as writer:
        writer.write(b"text\n")
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"text\n"))
    (tmp_path / "x").write_bytes(b"text\n")

    found = {}
    for path in tmp_path.iterdir():
        with Reader(path, Limits(), lambda _share: None) as opened:
            found[path.name] = opened.compression
            assert [block.lines for block in opened.blocks()] == [[b"text"]]

    assert found == {
        "x.bgz": Compression.BGZIP,
        "x.gz": Compression.GZIP,
        "x": Compression.NONE,
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"chr1", "chr1"),
        (b"x" * 50, "x" * 40 + "..."),
        (b"\x1b[31m", "\\x1b[31m"),
        (b"\xff\xfe", "\\xff\\xfe"),
        ("é".encode(), "é"),
    ],
)
def test_should_show_a_stranger_s_bytes_short_and_printable(value: bytes, expected: str) -> None:
    assert shown(value) == expected


def test_should_keep_none_of_the_genotypes_when_first_columns_are_taken() -> None:
    genotypes = "\t".join(["0/1"] * 10_000)
    lines = [f"chr{i}\t1\t.\tA\tC\t.\t.\t.\tGT\t{genotypes}".encode() for i in range(20)]

    records = records_of(Block(1, lines, b"\n".join(lines)), lines[0].count(b"\t"))

    held = [
        buffer.size
        for column in records
        for buffer in column.to_arrow(compat_level=pl.CompatLevel.newest()).buffers()
        if buffer is not None
    ]
    assert sum(held) < len(lines[0])


def test_should_end_a_block_when_its_records_list_many_alleles(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    alleles = ",".join("ACGT"[number % 4] * 8 for number in range(1_900))
    path.write_bytes(b"".join(b"MT\t%d\t.\tA\t%b\n" % (i, alleles.encode()) for i in range(300)))
    genotypes = b"\t0/1:9,8:17:99:0,60,600" * 2_000
    wide = tmp_path / "wide.vcf"
    wide.write_bytes(b"".join(b"MT\t%d\t.\tA\tC%b\n" % (i, genotypes) for i in range(100)))

    blocks = {}
    for each in (path, wide):
        with Reader(each, Limits(), lambda _share: None) as opened:
            blocks[each] = [block.text.count(b",") for block in opened.blocks()]

    assert max(blocks[path]) < 50_000
    assert max(blocks[wide]) > 100_000


def test_should_put_chunks_together_when_lines_are_long(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    path.write_bytes(b"".join(b"%d\t%b\n" % (i, b"x" * 20_000) for i in range(500)))

    with Reader(path, Limits(), lambda _share: None) as reader:
        blocks = list(reader.blocks())

    assert [line.split(b"\t")[0] for block in blocks for line in block.lines] == [
        b"%d" % i for i in range(500)
    ]
    assert len(blocks) <= 1 + path.stat().st_size // BLOCK_BYTES
