"""`./gas operators`, on the outputs of a stack."""

import io
import json
import uuid

import pytest
from rich.console import Console

from local.commands.operators import Operators
from local.errors import LocalError
from runtime.common.users import UserStore
from tests.emulator import Emulator, create_users_table

PASSWORD = "correct horse battery staple"


@pytest.fixture
def stage(emulator: Emulator) -> str:
    """The name of a stage whose stack names a users table."""
    name = f"t{uuid.uuid4().hex[:8]}"
    table = create_users_table(emulator, f"users-{name}")
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"UsersTable": {"Value": table.name}},
    }
    clouds = emulator.session.client("cloudformation", endpoint_url=emulator.endpoint_url)
    clouds.create_stack(StackName=f"gas-{name}-storage", TemplateBody=json.dumps(template))
    clouds.get_waiter("stack_create_complete").wait(StackName=f"gas-{name}-storage")
    users = UserStore(table)
    users.create(email="ada@example.org", name="Ada", password=PASSWORD, email_verified=True)
    users.create(email="new@example.org", name="New", password=PASSWORD)
    return name


def shown(operators: Operators) -> str:
    written = io.StringIO()
    operators.show(Console(file=written, width=200))
    return written.getvalue()


def test_should_list_whom_it_added_until_they_are_removed(emulator: Emulator, stage: str) -> None:
    operators = Operators(emulator.session, stage, emulator.endpoint_url)
    assert "No account" in shown(operators)
    operators.add("Ada@example.org")
    assert "ada@example.org" in shown(operators)
    operators.remove("ada@example.org")
    assert "ada@example.org" not in shown(operators)


def test_should_say_why_when_an_account_cant_have_the_role(emulator: Emulator, stage: str) -> None:
    operators = Operators(emulator.session, stage, emulator.endpoint_url)
    with pytest.raises(LocalError, match="isn't confirmed"):
        operators.add("new@example.org")
    with pytest.raises(LocalError, match="No account"):
        operators.add("nobody@example.org")
