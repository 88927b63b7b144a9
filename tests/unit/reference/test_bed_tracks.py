"""Tracks of regions, in BED."""

from pathlib import Path

import pysam
import pytest

from reference.errors import InputError
from reference.options import read_track
from tests.unit.reference.small import GENES, SEQUENCE, build_small


def test_should_sort_index_and_count_regions_when_a_track_is_a_bed(tmp_path: Path) -> None:
    bed = tmp_path / "given.bed"
    bed.write_text(
        "browser position 9:1-10\n9\t20\t30\ta\t1\n8\t5\t9\tb\n9\t2\t30\tc\t1\n9\t2\t30\tc\t2\n"
        "9\t4\t4\td\n9\t4\t281\te\nX\t1\t2\tf\n"
    )
    track = read_track(f"regions={bed}:4=name")
    contigs = {"9": SEQUENCE, "8": SEQUENCE}
    small = build_small(tmp_path, *GENES, contigs=contigs, tracks=(track,))

    with pysam.TabixFile(str(small.folder / "regions.bed.gz")) as file:
        assert list(file.fetch()) == ["9\t2\t30\tc", "9\t20\t30\ta", "8\t5\t9\tb"]
        assert list(file.fetch("9", 0, 3)) == ["9\t2\t30\tc"]
    assert small.left_out == {
        "regions of track regions on contigs that the bundle lacks": 1,
        "regions of track regions past the end of their contig": 1,
        "regions of track regions that come again": 1,
        "regions of track regions without a base": 1,
    }
    assert [field.source for field in small.built.manifest.tracks[0].fields] == ["4"]


@pytest.mark.parametrize(("name", "field"), [("x.bed", "ID"), ("x.vcf", "4"), ("x.bed", "4,4")])
def test_should_refuse_a_field_that_does_not_fit_the_format(
    tmp_path: Path, name: str, field: str
) -> None:
    file = tmp_path / name
    file.write_text("9\t0\t1\tx\n")

    with pytest.raises(InputError, match=r"the fields of this format are|taken twice"):
        build_small(tmp_path, *GENES, tracks=(read_track(f"a={file}:{field}"),))


@pytest.mark.parametrize("text", ["9\t1\tx\ta\n", "9 1 2 a\n", "9\t1\t2\n", "9\t-1\t2\ta\n"])
def test_should_name_the_line_when_it_is_no_region(tmp_path: Path, text: str) -> None:
    bed = tmp_path / "given.bed"
    bed.write_text(f"9\t0\t1\tx\n{text}")

    with pytest.raises(InputError, match=r"given\.bed, line 2: this is no record of a BED"):
        build_small(tmp_path, *GENES, tracks=(read_track(f"regions={bed}:4"),))
