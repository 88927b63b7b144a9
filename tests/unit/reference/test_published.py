"""Bundles in S3: published, checked and listed on a real emulator."""

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from reference.cli import app
from reference.published.folder import S3Folder
from tests.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def s3(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> "S3Client":
    """The emulator's, where the commands find it too."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    return emulator.session.client("s3", endpoint_url=emulator.endpoint_url)


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    name = f"references-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def bundle(bundle_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_folder, tmp_path / "rcrs"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def keys(s3: "S3Client", bucket: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def change_version(bundle: Path, version: str) -> None:
    path = bundle / "manifest.json"
    path.write_text(path.read_text().replace('"1.1.0"', f'"{version}"'))


def test_should_be_whole_and_listed_when_it_is_published(
    s3: "S3Client", bucket: str, bundle: Path
) -> None:
    uri = f"s3://{bucket}/genomes"
    published = run("publish", bundle, uri)
    assert published.exit_code == 0, published.output
    assert f'add "{uri}/rcrs-1.1.0" to offered' in published.output
    files = {f"genomes/rcrs-1.1.0/{name}" for name in ("manifest.json", "genome.fa", "sample.vcf")}
    assert files < set(keys(s3, bucket))
    checked = run("check", f"{uri}/rcrs-1.1.0")
    assert "rcrs 1.1.0: rCRS, 1 contig" in checked.output
    change_version(bundle, "1.2.0")
    assert run("publish", bundle, f"{uri}/").exit_code == 0
    listed = run("list", uri).output.splitlines()
    assert [line.partition(":")[0] for line in listed] == ["rcrs 1.1.0", "rcrs 1.2.0"]


def test_should_upload_nothing_when_it_was_published_before(
    s3: "S3Client", bucket: str, bundle: Path
) -> None:
    run("publish", bundle, f"s3://{bucket}")
    before = s3.head_object(Bucket=bucket, Key="rcrs-1.1.0/genome.fa")["LastModified"]
    again = run("publish", bundle, f"s3://{bucket}")
    assert (again.exit_code, "nothing was uploaded" in again.output) == (0, True)
    assert s3.head_object(Bucket=bucket, Key="rcrs-1.1.0/genome.fa")["LastModified"] == before


def test_should_go_on_when_an_upload_was_cut_off(
    s3: "S3Client", bucket: str, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its manifest nothing is published; what is there and right isn't sent again."""
    run("publish", bundle, f"s3://{bucket}")
    for name in ("manifest.json", "genome.fa"):
        s3.delete_object(Bucket=bucket, Key=f"rcrs-1.1.0/{name}")
    s3.put_object(Bucket=bucket, Key="rcrs-1.1.0/sample.vcf", Body=b"cut off")
    refused = run("check", f"s3://{bucket}/rcrs-1.1.0")
    assert (refused.exit_code, "nothing is published here" in refused.output) == (1, True)
    sent: list[str] = []
    whole = S3Folder.key

    def key(folder: S3Folder, name: str) -> str:
        sent.append(name)
        return whole(folder, name)

    monkeypatch.setattr(S3Folder, "key", key)
    assert run("publish", bundle, f"s3://{bucket}").exit_code == 0
    # Each file is asked for once; those that were missing or wrong are sent as well.
    twice = {name for name in sent if sent.count(name) > 1}
    assert twice == {"manifest.json", "genome.fa", "sample.vcf"}
    assert run("check", f"s3://{bucket}/rcrs-1.1.0").exit_code == 0


def test_should_never_overwrite_when_another_bundle_has_the_name_and_version(
    s3: "S3Client", bucket: str, bundle: Path
) -> None:
    run("publish", bundle, f"s3://{bucket}")
    path = bundle / "manifest.json"
    path.write_text(path.read_text().replace('"description": "', '"description": "Another. ', 1))
    refused = run("publish", bundle, f"s3://{bucket}")
    assert refused.exit_code == 1
    assert "never overwritten: build yours with another --bundle-version" in refused.output


def test_should_upload_nothing_when_the_bundle_is_damaged(
    s3: "S3Client", bucket: str, bundle: Path
) -> None:
    (bundle / "genome.fa").write_bytes((bundle / "genome.fa").read_bytes().replace(b"A", b"C", 1))
    refused = run("publish", bundle, f"s3://{bucket}")
    assert (refused.exit_code, keys(s3, bucket)) == (1, [])
    assert "genome.fa is not the file that the manifest describes" in refused.output
    assert run("check", bundle).exit_code == 1


@pytest.mark.parametrize("broken", ["removed", "replaced"])
def test_should_name_the_file_when_a_published_one_is_not_as_it_was(
    s3: "S3Client", bucket: str, bundle: Path, broken: str
) -> None:
    run("publish", bundle, f"s3://{bucket}")
    key = "rcrs-1.1.0/genome.fa"
    if broken == "removed":
        s3.delete_object(Bucket=bucket, Key=key)
    else:
        s3.put_object(Bucket=bucket, Key=key, Body=b"other")
    refused = run("check", f"s3://{bucket}/rcrs-1.1.0")
    assert refused.exit_code == 1
    assert "missing, or not as published: genome.fa." in refused.output


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("s3://no-such-bucket-at-all/x", "S3 refuses: NoSuchBucket"),
        ("https://example.org/x", "expected s3://BUCKET/FOLDER"),
        ("s3://bucket/a,b", "expected s3://BUCKET/FOLDER"),
    ],
)
def test_should_say_what_is_wrong_when_it_cannot_go_there(
    s3: "S3Client", bundle: Path, uri: str, sentence: str
) -> None:
    refused = run("publish", bundle, uri)
    assert refused.exit_code == 1
    assert sentence in refused.output
