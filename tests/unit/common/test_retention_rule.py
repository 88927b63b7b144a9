"""When a result is due: one rule for all."""

import pytest

from runtime.common.retention_rule import RetentionRule
from runtime.common.users import Role
from tests.unit.examples import JOB, USER


@pytest.mark.parametrize(
    ("role", "complete", "restored", "role_since", "due"),
    [
        (Role.FREE_USER, 100, None, None, 1_900),
        (Role.FREE_USER, 100, None, 50, 1_900),
        (Role.FREE_USER, 100, None, 700, 2_500),
        (Role.FREE_USER, 100, 900, 700, 2_700),
        (Role.FREE_USER, None, None, None, None),
        (Role.PREMIUM_USER, 100, 900, 700, None),
    ],
)
def test_should_count_from_whichever_came_last(
    role: Role, complete: int | None, restored: int | None, role_since: int | None, due: int | None
) -> None:
    job = JOB.model_copy(update={"complete_time": complete, "restore_time": restored})
    owner = USER.model_copy(update={"role": role, "role_since": role_since})
    assert RetentionRule(1_800).due(job, owner) == due
