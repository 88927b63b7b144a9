"""The stages that are shipped: they load, and say what of them is an example."""

from pathlib import Path

import pytest

from stacks.examples import example_keys
from stacks.settings import STAGES, load

DEV = (STAGES / "dev.toml").read_text()


@pytest.mark.parametrize("path", sorted(STAGES.glob("*.toml")), ids=lambda path: path.stem)
def test_should_load_when_the_stage_is_shipped(path: Path) -> None:
    assert load(path.stem).name == path.stem


FILLED_IN = {
    "gas@example.org": "gas@genes.test",
    "ops@example.org": "ops@genes.test",
    "gas.example.org": "gas.genes.test",
    "123456789012": "210987654321",
    "price_EXAMPLE": "price_1",
    "pk_live_EXAMPLE": "pk_live_1",
}


@pytest.mark.parametrize(
    ("stage", "examples"),
    [
        ("local", []),
        (
            "dev",
            [
                *("mail.ops_email", "mail.sender", "network.allowed_cidrs"),
                *("stripe.plan", "stripe.publishable_key"),
            ],
        ),
        (
            "starter",
            [
                *("mail.ops_email", "mail.sender", "network.allowed_cidrs"),
                *("stripe.plan", "stripe.publishable_key"),
            ],
        ),
        (
            "prod",
            [
                *("mail.ops_email", "mail.sender", "site.certificate_arn", "site.domain"),
                *("stripe.plan", "stripe.publishable_key"),
            ],
        ),
    ],
)
def test_should_name_its_examples_when_a_stage_is_as_it_was_shipped(
    stage: str, examples: list[str]
) -> None:
    assert example_keys(load(stage)) == examples


def test_should_have_no_examples_when_all_are_filled_in(tmp_path: Path) -> None:
    text = (STAGES / "prod.toml").read_text()
    for example, own in FILLED_IN.items():
        assert example in text
        text = text.replace(example, own)
    (tmp_path / "prod.toml").write_text(text)
    assert example_keys(load("prod", tmp_path)) == []
