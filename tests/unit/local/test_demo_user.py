"""The demo user and the sample, as the deployed platform holds them."""

import json
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.aws.account import Account
from local.aws.outbox import read_outbox
from local.aws.outputs import Outputs
from local.demo_user import EMAIL, read_demo_user, seed_demo_user
from local.errors import LocalError
from local.host.folder import Folder
from local.sample import fetch_sample
from runtime.common.api_tokens import ApiTokens
from runtime.common.owned_items import OwnedItems
from runtime.common.users import UserStore
from tests.unit.local.aws.test_cdk import OUTPUTS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def outputs(users_table: "Table", owned_items_table: "Table") -> Outputs:
    tables = {"users_table": users_table.name, "owned_items_table": owned_items_table.name}
    return Outputs.of_stacks(OUTPUTS).model_copy(update=tables)


def test_should_let_the_demo_user_sign_in_when_seeded(
    folder: Folder, account: Account, outputs: Outputs, users_table: "Table"
) -> None:
    demo = seed_demo_user(folder, account, outputs)

    user = UserStore(users_table).authenticate(demo.email, demo.password)
    assert user is not None
    assert user.email == EMAIL


def test_should_keep_the_password_to_its_owner_when_seeded(
    folder: Folder, account: Account, outputs: Outputs
) -> None:
    seed_demo_user(folder, account, outputs)

    assert folder.demo_file.stat().st_mode & 0o777 == 0o600


def test_should_keep_the_user_when_seeded_again(
    folder: Folder, account: Account, outputs: Outputs
) -> None:
    first = seed_demo_user(folder, account, outputs)

    again = seed_demo_user(folder, account, outputs)
    assert again.password == first.password
    assert read_demo_user(folder) == again


def test_should_have_one_valid_token_when_seeded_again(
    folder: Folder, account: Account, outputs: Outputs, owned_items_table: "Table"
) -> None:
    first, again = (seed_demo_user(folder, account, outputs).token for _ in range(2))

    tokens = ApiTokens(OwnedItems(owned_items_table))
    assert first is not None
    assert again is not None
    assert tokens.find(first) is None
    assert tokens.find(again) is not None


def test_should_say_what_to_do_when_the_password_is_lost(
    folder: Folder, account: Account, outputs: Outputs
) -> None:
    seed_demo_user(folder, account, outputs)
    folder.demo_file.unlink()

    with pytest.raises(LocalError, match=r"Start with a new state: \./gas reset"):
        seed_demo_user(folder, account, outputs)


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_should_fetch_the_sample_when_user_data_names_the_reference(
    account: Account, tmp_path: Path, quote: str
) -> None:
    bucket = f"bundles-{uuid.uuid4().hex}"
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("manifest.json", json.dumps({"name": "rcrs", "sample": "try me.vcf"}))
        bundle.writestr("try me.vcf", "##fileformat=VCFv4.2\n")
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.upload_file(str(archive), bucket, "b/rcrs.zip")
    user_data = (
        f"x=1\nGAS_REFERENCES_S3_URIS={quote}s3://{bucket}/b/rcrs.zip,s3://b/c-1{quote}\ny=2\n"
    )

    sample = fetch_sample(account, user_data, tmp_path)

    assert (sample.vcf.name, sample.reference) == ("try me.vcf", "rcrs")
    assert sample.vcf.read_text() == "##fileformat=VCFv4.2\n"


@pytest.mark.parametrize("sample", ["samples/try.vcf", None])
def test_should_fetch_the_sample_when_the_default_is_a_folder(
    account: Account, tmp_path: Path, sample: str | None
) -> None:
    bucket = f"references-{uuid.uuid4().hex}"
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket)
    manifest = json.dumps({"name": "grch38", "sample": sample})
    s3.put_object(Bucket=bucket, Key="g/grch38-1/manifest.json", Body=manifest)
    s3.put_object(Bucket=bucket, Key="g/grch38-1/samples/try.vcf", Body=b"##fileformat=VCFv4.2\n")
    user_data = f"GAS_REFERENCES_S3_URIS=s3://{bucket}/g/grch38-1,s3://a/rcrs.zip\n"

    if sample is None:
        with pytest.raises(LocalError, match="The default reference, grch38, has no sample"):
            fetch_sample(account, user_data, tmp_path)
        return
    fetched = fetch_sample(account, user_data, tmp_path)
    assert (fetched.vcf.name, fetched.reference) == ("try.vcf", "grch38")
    assert fetched.vcf.read_text() == "##fileformat=VCFv4.2\n"


def test_should_say_so_when_user_data_names_no_reference(account: Account, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="doesn't set GAS_REFERENCES_S3_URIS"):
        fetch_sample(account, "#!/bin/bash\n", tmp_path)


def test_should_list_what_was_mailed_when_asked(account: Account) -> None:
    sender = f"{uuid.uuid4().hex}@example.org"
    ses = account.client("sesv2")
    ses.create_email_identity(EmailIdentity=sender)
    for subject in ("first", "second"):
        ses.send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["you@example.org"]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject},
                    "Body": {
                        "Text": {"Data": f"{subject} text"},
                        "Html": {"Data": f"<p>{subject}</p>"},
                    },
                }
            },
        )

    mails = [mail for mail in read_outbox(account) if mail.sender == sender]

    assert [mail.subject for mail in mails] == ["first", "second"]
    assert mails[0].to == ("you@example.org",)
    assert mails[0].text == "first text"
    assert mails[1].html == "<p>second</p>"


def test_should_say_so_when_the_emulator_does_not_answer() -> None:
    with pytest.raises(LocalError, match="doesn't answer"):
        read_outbox(Account("http://127.0.0.1:1"))
