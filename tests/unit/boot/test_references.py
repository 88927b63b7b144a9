"""The installer of references: from folders in a real emulator's S3 to an instance's disk."""

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reference.progress import SILENT
from reference.published.folder import S3Folder
from reference.published.publish import publish
from runtime.boot.references import Installer, InstallError
from runtime.common import bundle_files
from runtime.common.references import References
from tests.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="module")
def s3(emulator: Emulator) -> "S3Client":
    return emulator.session.client("s3", endpoint_url=emulator.endpoint_url)


@pytest.fixture(scope="module")
def bucket(s3: "S3Client", bundle_folder: Path, genome_bundle: Path) -> str:
    """A bucket with rcrs-1.1.0 and invented-1. Not to be changed."""
    name = f"references-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    for bundle in (bundle_folder, genome_bundle):
        publish(bundle, S3Folder(s3, name, ""), SILENT)
    return name


def fetched(s3: "S3Client", action: str = "GetObject") -> list[str]:
    """Keys that are asked for from now on."""
    keys: list[str] = []
    s3.meta.events.register(
        f"provide-client-params.s3.{action}", lambda params, **_: keys.append(params["Key"])
    )
    return keys


def test_should_have_each_whole_and_marked_when_an_annotator_boots(
    s3: "S3Client", bucket: str, tmp_path: Path
) -> None:
    sources = [f"s3://{bucket}/invented-1", f"s3://{bucket}/rcrs-1.1.0"]
    Installer(s3, tmp_path, whole=True).install(sources)
    references = References.load(tmp_path)
    assert references.names == ("invented", "rcrs")
    assert [reference.source for reference in references] == sources
    for reference in references:
        bundle_files.compare(reference.folder, reference.manifest, reference.manifest.checksums)
        assert bundle_files.is_verified(reference.folder, reference.manifest)


def test_should_leave_the_large_files_in_s3_when_only_pages_read_them(
    s3: "S3Client", bucket: str, tmp_path: Path
) -> None:
    Installer(s3, tmp_path, whole=False).install([f"s3://{bucket}/invented-1"])
    folder = tmp_path / "invented"
    assert (folder / "genome.fa.fai").exists()
    assert not (folder / "genome.fa").exists()
    assert not list(folder.glob("vep/**/*.parquet"))
    assert References.load(tmp_path).default.genes_of("1")


def test_should_fetch_what_is_missing_or_cut_short_when_it_boots_again(
    s3: "S3Client", bucket: str, tmp_path: Path
) -> None:
    installer = Installer(s3, tmp_path, whole=True)
    installer.install([f"s3://{bucket}/rcrs-1.1.0"])
    asked = fetched(s3)
    installer.install([f"s3://{bucket}/rcrs-1.1.0"])
    assert asked == ["rcrs-1.1.0/manifest.json"]
    folder = tmp_path / "rcrs"
    (folder / "sample.vcf").unlink()
    (folder / "genome.fa").write_bytes((folder / "genome.fa").read_bytes()[:-1])
    heads = fetched(s3, "HeadObject")
    installer.install([f"s3://{bucket}/rcrs-1.1.0"])
    assert set(heads) == {"rcrs-1.1.0/genome.fa", "rcrs-1.1.0/sample.vcf"}
    [reference] = References.load(tmp_path)
    assert bundle_files.is_verified(folder, reference.manifest)


def test_should_name_the_file_when_s3_has_another_than_the_manifest_says(
    s3: "S3Client", bundle_folder: Path, tmp_path: Path
) -> None:
    name = f"references-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    publish(bundle_folder, S3Folder(s3, name, ""), SILENT)
    s3.put_object(Bucket=name, Key="rcrs-1.1.0/genome.fa", Body=b">MT\nACGT\n")
    with pytest.raises(
        InstallError, match=r"rcrs-1\.1\.0 is damaged: .*genome\.fa is not the file"
    ):
        Installer(s3, tmp_path, whole=True).install([f"s3://{name}/rcrs-1.1.0"])
    assert not (tmp_path / "offered.json").exists()


def test_should_refuse_when_two_versions_of_a_reference_are_offered(
    s3: "S3Client", bucket: str, bundle_folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(bundle_folder, other)
    manifest = other / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"1.1.0"', '"2.0.0"'))
    publish(other, S3Folder(s3, bucket, ""), SILENT)
    with pytest.raises(InstallError, match="two of the references are named rcrs"):
        Installer(s3, tmp_path / "root", whole=False).install(
            [f"s3://{bucket}/rcrs-1.1.0", f"s3://{bucket}/rcrs-2.0.0"]
        )


def test_should_say_so_when_the_disk_is_too_small(
    s3: "S3Client", bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(9, 8, 1000))
    with pytest.raises(InstallError, match="raise disk_gib in the stage's file"):
        Installer(s3, tmp_path, whole=True).install([f"s3://{bucket}/rcrs-1.1.0"])
