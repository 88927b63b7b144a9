"""Checksums as publishers list them."""

import random
from pathlib import Path

import pytest

from reference.errors import InputError
from reference.recipes.checksums import Checksum, checksum_of, find_checksum
from tests.unit.reference.releases import bsd_sum

MD5 = "0123456789abcdef0123456789abcdef"
OTHER = MD5[::-1]


@pytest.mark.parametrize(
    ("listing", "text", "expected"),
    [
        ("CHECKSUMS", "00042 00007 y.gz\n12345  6789 x.gz\n", Checksum("sum", "12345 6789")),
        ("CHECKSUMS", "00042 00007 x.gz\n", Checksum("sum", "42 7")),
        ("md5checksums.txt", f"{OTHER}  ./y.gz\n{MD5}  ./x.gz\n", Checksum("md5", MD5)),
        ("MD5SUMS", f"{OTHER} *xx.gz\n{MD5.upper()} *x.gz\n", Checksum("md5", MD5)),
        ("x.gz.md5", f"{MD5}  /panfs/x_20260921.gz\n", Checksum("md5", MD5)),
        ("x.gz.md5", f"{MD5}\n", Checksum("md5", MD5)),
        ("MANIFEST.txt", f"./x.gz\t1234\t{MD5}\n", Checksum("md5", MD5)),
        ("SHA256SUMS", f"{MD5}{MD5}  x.gz\n", Checksum("sha256", MD5 + MD5)),
    ],
)
def test_should_find_a_checksum_when_a_publisher_lists_it(
    tmp_path: Path, listing: str, text: str, expected: Checksum
) -> None:
    (tmp_path / listing).write_text(text)

    assert find_checksum(tmp_path / listing, "x.gz") == expected


@pytest.mark.parametrize("text", ["", f"{MD5}  y.gz\n{OTHER}  z.gz\n", f"{MD5} y.gz", "x.gz\n"])
def test_should_say_so_when_a_file_is_not_listed(tmp_path: Path, text: str) -> None:
    (tmp_path / "SUMS").write_text(text)

    with pytest.raises(InputError, match=r"SUMS: lists no checksum of x\.gz"):
        find_checksum(tmp_path / "SUMS", "x.gz")


@pytest.mark.parametrize("size", [0, 1, 1024, 1025, 100_000])
def test_should_compute_what_ensembl_publishes(tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    (tmp_path / "x").write_bytes(content)

    blocks = (size + 1023) // 1024
    assert checksum_of(tmp_path / "x", "sum") == Checksum("sum", f"{bsd_sum(content)} {blocks}")
