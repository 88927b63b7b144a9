"""Secrets are in Secrets Manager, and in no template: those are kept, shown and compared."""

import json
import re

import pytest

from tests.stacks.synthesis import STAGES, resources, templates

LOOKS_SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}|\b[rs]k_(live|test)_\w+|whsec_\w+|BEGIN [A-Z ]*PRIVATE KEY"
)
"""Keys of AWS and of Stripe, and private keys, as they begin."""

VALUE = "SecretString"


@pytest.mark.parametrize("stage", STAGES)
def test_should_be_made_by_aws_or_filled_in_later_when_a_secret_is_needed(stage: str) -> None:
    secrets = resources(stage, "AWS::SecretsManager::Secret")
    assert {secret.logical_id for secret in secrets} == {
        "SessionSecret",
        "SignInSecret",
        "StripeSecret",
    }
    for secret in secrets:
        assert VALUE not in secret.properties, secret.where


@pytest.mark.parametrize("stage", STAGES)
def test_should_hold_no_value_of_a_secret_when_a_template_is_written(stage: str) -> None:
    for stack, template in templates(stage).items():
        written = json.dumps(template)
        assert "resolve:secretsmanager" not in written, stack
        assert "resolve:ssm-secure" not in written, stack
        assert not LOOKS_SECRET.search(written), stack
