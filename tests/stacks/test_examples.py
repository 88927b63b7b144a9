"""What is shipped as an example is synthesized and never deployed."""

from pathlib import Path

import pytest

from stacks.examples import example_keys
from stacks.settings import Mail, Stripe, load
from tests.stacks.synthesis import synthesize, templates


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_should_refuse_and_say_what_to_fill_in_when_examples_are_deployed(stage: str) -> None:
    for template in templates(stage).values():
        default = template["Parameters"]["ExamplesLeft"]["Default"]
        assert default.split(",") == example_keys(load(stage))
        [assertion] = template["Rules"]["NoExamples"]["Assertions"]
        assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "ExamplesLeft"}, ""]}
        said = assertion["AssertDescription"]
        assert said.startswith(f"stages/{stage}.toml still holds examples: fill in ")
        assert all(key in said for key in example_keys(load(stage)))


def test_should_refuse_nothing_when_no_example_is_left(tmp_path: Path) -> None:
    stripe = Stripe(plan="price_1", publishable_key="pk_live_1")
    dev = load("dev")
    network = dev.network.model_copy(update={"allowed_cidrs": ["10.1.0.0/16"]})
    mail = Mail(sender="gas@genes.test", ops_email="ops@genes.test")
    own = dev.model_copy(update={"mail": mail, "stripe": stripe, "network": network})
    for template in synthesize(own, tmp_path).values():
        assert "NoExamples" not in template["Rules"]
        assert "ExamplesLeft" not in template["Parameters"]


def test_should_refuse_nothing_when_the_laptop_is_deployed() -> None:
    for template in templates("local").values():
        assert "Rules" not in template
