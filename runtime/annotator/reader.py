"""Lines of an upload, block by block, within the limits."""

import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from gzip import BadGzipFile
from pathlib import Path
from typing import NamedTuple, Self

from runtime.annotator.compression import open_upload, refuse_other_formats
from runtime.annotator.errors import InputRejected
from runtime.annotator.limits import MIB, Limits
from runtime.common.input_size import GB

CHUNK = 3 * MIB // 8
BLOCK_LINES, BLOCK_BYTES = 500, 4 * MIB
"""A block ends with the chunk that gives it so many lines, or so many bytes. What a block costs
beside its bytes would be most of the time, where lines have thousands of genotypes."""

BLOCK_LISTED, COMMAS_OF_A_COLUMN = 10_000, 16
"""It also ends with so many commas beyond 16 a column: those of records with hundreds of alleles,
which take far more memory than their bytes. Genotypes have fewer."""

UTF8_BOM = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """Some whole lines without their ends; `text` is the same in one piece."""

    first_line: int
    lines: list[bytes]
    text: bytes


class Reader:
    """Reads an upload as blocks of lines.

    Line ends are LF or CRLF, or nothing at the end of the file; a UTF-8 byte order mark is dropped.
    Use as a context manager.

    Args:
        path: the upload.
        limits: bounds of the decompressed size and of a line.
        report_progress: called after each chunk with the share that has been read, 0 to 1.

    Attributes:
        crlf: whether a line that was read ended in CRLF.
        bom: whether there was a byte order mark.
        line: number of the last line read, from 1.
    """

    def __init__(
        self, path: Path, limits: Limits, report_progress: Callable[[float], None]
    ) -> None:
        self._opened = open_upload(path)
        self._size = os.fstat(self._opened.raw.fileno()).st_size
        self._limits = limits
        self._report_progress = report_progress
        self.compression = self._opened.compression
        self.crlf = False
        self.bom = False
        self.line = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.raw.close()

    def blocks(self) -> Iterator[Block]:
        """Yield the lines of the file.

        Raises:
            InputRejected: the compression is damaged or cut short, a limit is exceeded, or the
                file holds a NUL byte, which no text does.
        """
        rest = b""
        for piece in self._pieces():
            text, newline, rest = (rest + piece).rpartition(b"\n")
            if newline:
                yield self._block(text)
            if len(rest) > self._limits.line_bytes:
                raise self._line_too_long(self.line + 1)
        if rest:
            yield self._block(rest)

    def _pieces(self) -> Iterator[bytes]:
        """Chunks, put together until they are enough for a block."""
        chunks: list[bytes] = []
        lines = size = listed = 0
        for chunk in self._chunks():
            chunks.append(chunk)
            lines, size = lines + chunk.count(b"\n"), size + len(chunk)
            listed += max(0, chunk.count(b",") - COMMAS_OF_A_COLUMN * chunk.count(b"\t"))
            if lines >= BLOCK_LINES or size >= BLOCK_BYTES or listed >= BLOCK_LISTED:
                yield b"".join(chunks)
                chunks, lines, size, listed = [], 0, 0, 0
        yield b"".join(chunks)

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        for chunk in self._read_ahead():
            if total == 0:
                refuse_other_formats(chunk)
                self.bom = chunk.startswith(UTF8_BOM)
            total += len(chunk)
            if total > self._limits.decompressed_bytes:
                limit = self._limits.decompressed_bytes / GB
                raise InputRejected(f"The file holds more than {limit:g} GB decompressed.")
            yield chunk.removeprefix(UTF8_BOM) if self.bom and total == len(chunk) else chunk
            self._report_progress(min(1.0, self._opened.raw.tell() / self._size))
        if total == 0:
            raise InputRejected("The file is empty.")

    def _read_ahead(self) -> Iterator[bytes]:
        """Decompress the next chunk in another thread while this one is worked on."""
        with ThreadPoolExecutor(1, thread_name_prefix="reader") as pool:
            ahead = pool.submit(self._opened.text.read, CHUNK)
            while chunk := self._result(ahead):
                ahead = pool.submit(self._opened.text.read, CHUNK)
                yield chunk

    def _result(self, ahead: Future[bytes]) -> bytes:
        try:
            return ahead.result()
        except EOFError as error:
            raise InputRejected(
                f"The file is cut short: its compressed data ends after line {self.line}. "
                "Compress or copy it again."
            ) from error
        except (BadGzipFile, zlib.error) as error:
            raise InputRejected(
                f"The file is damaged: its compressed data can't be read past line {self.line} "
                f"({error})."
            ) from error

    def _block(self, text: bytes) -> Block:
        if b"\r" in text:
            self.crlf = self.crlf or b"\r\n" in text or text.endswith(b"\r")
            text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
        lines = text.split(b"\n")
        first, self.line = self.line + 1, self.line + len(lines)
        if max(map(len, lines)) > self._limits.line_bytes:
            raise self._line_too_long(first + _first(lines, self._limits.line_bytes))
        if b"\0" in text:
            number = first + next(i for i, line in enumerate(lines) if b"\0" in line)
            raise InputRejected("there is a NUL byte here; this is not text.", line=number)
        return Block(first, lines, text)

    def _line_too_long(self, number: int) -> InputRejected:
        limit = self._limits.line_bytes / MIB
        return InputRejected(f"longer than the {limit:g} MiB that a line may have.", line=number)


def _first(lines: list[bytes], limit: int) -> int:
    return next(index for index, line in enumerate(lines) if len(line) > limit)
