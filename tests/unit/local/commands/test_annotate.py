"""`./gas annotate`: the annotator's results here, and never over those of before unasked."""

from pathlib import Path

import pytest
from rich.console import Console

from local.commands.annotate import annotate
from local.errors import LocalError
from reference.rcrs.build import build_rcrs
from runtime.common import bundle_files
from runtime.common.manifest import Manifest
from tests.unit.annotator.vcfs import NARP, ONE, record, vcf


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("annotate") / "rcrs"
    build_rcrs(folder)
    return folder


def run(files: list[Path], bundle: Path, out: Path, *, force: bool = False) -> str:
    """Annotate; return what is printed."""
    console = Console(record=True, width=500, quiet=False)
    annotate(files, bundle, out, force=force, console=console)
    return console.export_text()


def written(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def test_should_leave_the_files_of_a_job_when_files_are_annotated(
    bundle: Path, tmp_path: Path
) -> None:
    files = [written(tmp_path / "x.vcf", ONE), written(tmp_path / "y.vcf", ONE)]

    said = run(files, bundle, tmp_path / "new" / "out")

    assert "x.vcf: 1 allele annotated" in said
    assert {path.name for path in (tmp_path / "new" / "out").iterdir()} == {
        f"{stem}.{rest}"
        for stem in "xy"
        for rest in (
            *("annot.vcf.gz", "annot.vcf.gz.tbi", "variants.parquet"),
            *("summary.json", "vcf.count.log"),
        )
    }


def test_should_not_overwrite_results_unasked(bundle: Path, tmp_path: Path) -> None:
    file, out = written(tmp_path / "x.vcf", ONE), tmp_path / "out"
    run([file], bundle, out)
    before = (out / "x.annot.vcf.gz").read_bytes()
    written(file, vcf(NARP, record(8993, "T", "C")))

    with pytest.raises(LocalError, match="exists"):
        run([file], bundle, out)

    assert (out / "x.annot.vcf.gz").read_bytes() == before
    run([file], bundle, out, force=True)
    assert (out / "x.annot.vcf.gz").read_bytes() != before


def test_should_go_on_with_the_next_file_and_fail_when_one_is_refused(
    bundle: Path, tmp_path: Path
) -> None:
    files = [written(tmp_path / "bad.vcf", "nonsense"), written(tmp_path / "good.vcf", ONE)]

    with pytest.raises(LocalError, match="1 of 2 files"):
        run(files, bundle, tmp_path / "out")

    assert (tmp_path / "out" / "good.annot.vcf.gz").exists()
    assert "FAILED" in (tmp_path / "out" / "bad.vcf.count.log").read_text()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(["x.txt"], "must end in"), (["x.vcf", "x.vcf.gz"], "would both write")],
)
def test_should_refuse_before_it_begins_when_names_cannot_be(
    bundle: Path, tmp_path: Path, names: list[str], sentence: str
) -> None:
    files = [written(tmp_path / name, ONE) for name in names]

    with pytest.raises(LocalError, match=sentence):
        run(files, bundle, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_should_compare_the_bundles_files_once_when_it_runs_again(
    bundle: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / "x.vcf", ONE)
    run([file], bundle, tmp_path / "out")
    manifest = Manifest.model_validate_json((bundle / "manifest.json").read_bytes())
    assert bundle_files.is_verified(bundle, manifest)


def test_should_name_what_is_wrong_when_the_bundle_is_none(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="the bundle can't be used"):
        run([written(tmp_path / "x.vcf", ONE)], tmp_path, tmp_path / "out")
