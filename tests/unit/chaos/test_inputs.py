"""The files of a run."""

from pathlib import Path

from chaos.inputs import SMALL_RECORDS, write_inputs


def test_should_write_the_same_distinct_records_when_the_seed_is_the_same(
    sample: Path, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("first", "again", "other")]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        folder.mkdir()
        write_inputs(sample, folder, seed)
    first, again, other = ((folder / "small-1.vcf").read_text() for folder in folders)
    assert first == again != other
    records = [line for line in first.splitlines() if not line.startswith("#")]
    assert len(set(records)) == len(records) == SMALL_RECORDS + 1
    positions = [int(line.split("\t")[1]) for line in records]
    assert positions == sorted(positions)
