"""checkov's rules find nothing in the templates but what is accepted here, with the reason.

It runs in an environment of its own, which `checkov.txt` locks.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from stacks.settings import load
from tests.locked_environment import install
from tests.stacks.synthesis import DEPLOYED, ROOT, synthesize

LOCK = ROOT / "tests/stacks/checkov.txt"
"""Made from checkov.in as CONTRIBUTING.md says."""

EMPTIES_BUCKETS = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler"

ACCEPTED: dict[tuple[str, str], str] = {
    ("CKV_AWS_103", "Http"): "A stage without a certificate, for the networks that it lists.",
    ("CKV_AWS_2", "Http"): "As above.",
    ("CKV_AWS_111", "RoleDefaultPolicy"): "Session Manager's channels are no resources that a "
    "policy could name; cdk-nag's IAM5 looks at every other statement.",
    ("CKV_AWS_119", "Annotations"): "DynamoDB's AWS managed key costs nothing and is audited too.",
    ("CKV_AWS_119", "Users"): "As of the table Annotations.",
    ("CKV_AWS_119", "Ephemeral"): "As of the table Annotations.",
    ("CKV_AWS_119", "OwnedItems"): "As of the table Annotations.",
    ("CKV_AWS_119", "Audit"): "As of the table Annotations.",
    ("CKV_AWS_149", "SessionSecret"): "Who may read it is said by its name; a key adds no limit.",
    ("CKV_AWS_149", "StripeSecret"): "As of the session's secret.",
    ("CKV_AWS_149", "SignInSecret"): "As of the session's secret.",
    ("CKV_AWS_158", "AllLogsGroup"): "As of the annotators' logs.",
    ("CKV_AWS_158", "AnnotatorLogsGroup"): "CloudWatch Logs encrypts it; it has no users' data.",
    ("CKV_AWS_158", "EmptyingLogs"): "Logs of the CDK's own function, without users' data.",
    ("CKV_AWS_158", "RemovalLogsGroup"): "As of the annotators' logs.",
    ("CKV_AWS_158", "RestoreLogsGroup"): "As of the annotators' logs.",
    ("CKV_AWS_158", "UtilitiesLogsGroup"): "As of the annotators' logs.",
    ("CKV_AWS_158", "WebLogsGroup"): "As of the annotators' logs.",
    ("CKV_AWS_158", "WebhooksLogsGroup"): "As of the annotators' logs.",
    ("CKV_AWS_18", "Logs"): "It holds the access logs; its own would log each of its entries.",
    ("CKV_AWS_21", "Logs"): "Nobody overwrites logs; they end by their age.",
    ("CKV_AWS_21", "Inputs"): "An upload is written once, and deleted for good after some days.",
    (
        "CKV_AWS_88",
        "AllLaunchTemplate",
    ): "starter has no NAT gateway; its instance's security group admits the load balancer alone.",
    ("CKV_AWS_260", "LoadBalancerSecurityGroup"): "Port 80 only redirects to HTTPS.",
    ("CKV_AWS_33", "OpsKey"): "A condition names Auto Scaling's role, which may not exist yet.",
    ("CKV_AWS_115", EMPTIES_BUCKETS): "The CDK's own function runs when a bucket is deleted.",
    ("CKV_AWS_116", EMPTIES_BUCKETS): "CloudFormation calls it, waits, and reports a failure.",
    ("CKV_AWS_117", EMPTIES_BUCKETS): "It calls S3 alone, which needs no network of ours.",
}
"""Rule and resource, by its logical id without the hash. Queues are left out: see SKIPPED."""

SKIPPED = {
    "CKV_AWS_27": "It wants a KMS key for each queue, and doesn't know SQS's own encryption."
}


@pytest.fixture(scope="session")
def checkov() -> Path:
    """The program."""
    return install(LOCK) / "checkov"


def findings(checkov: Path, folder: Path) -> set[tuple[str, str]]:
    """Rule and resource of all that checkov finds in the templates of a folder."""
    run = subprocess.run(
        [
            *(str(checkov), "--directory", str(folder), "--framework", "cloudformation"),
            *("--quiet", "--compact", "--skip-download", "--output", "json"),
            *("--skip-check", ",".join(SKIPPED)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(run.stdout)
    assert said["summary"]["parsing_errors"] == 0
    assert said["summary"]["resource_count"]
    return {
        (found["check_id"], re.sub(r"[0-9A-F]{8}$", "", found["resource"].rpartition(".")[2]))
        for found in said["results"]["failed_checks"]
    }


def test_should_find_what_is_accepted_alone_when_checkov_reads_every_stage(
    checkov: Path, tmp_path: Path
) -> None:
    for stage in DEPLOYED:
        synthesize(load(stage), tmp_path / stage)
    assert findings(checkov, tmp_path) == set(ACCEPTED)
