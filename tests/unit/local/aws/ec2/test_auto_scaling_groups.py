"""What is read of the groups that CloudFormation made."""

import pytest

from local.aws.account import Account
from local.aws.ec2.auto_scaling_groups import Capacity, HealthCheck, read_capacities, read_launch
from local.errors import LocalError
from tests.unit.local.aws.stack import deploy_stack


@pytest.mark.parametrize(
    ("minimum", "desired", "maximum", "instances"),
    [(1, 2, 3, 2), (1, 0, 3, 1), (1, 9, 3, 3), (0, 0, 3, 0), (2, 2, 2, 2)],
)
def test_should_clamp_the_desired_capacity_when_it_is_out_of_bounds(
    minimum: int, desired: int, maximum: int, instances: int
) -> None:
    assert Capacity(minimum, maximum, desired).instances == instances


def test_should_read_the_capacity_when_it_was_changed(account: Account) -> None:
    stack = deploy_stack(account, "true", minimum=1, desired=2, maximum=3)
    assert read_capacities(account)[stack.group.name].desired == 2

    stack.set_desired(3)

    capacity = read_capacities(account)[stack.group.name]
    assert (capacity.minimum, capacity.maximum, capacity.desired) == (1, 3, 3)


@pytest.mark.parametrize(("kind", "by_load_balancer"), [("EC2", False), ("ELB", True)])
def test_should_know_whose_health_checks_count_when_a_group_says_so(
    account: Account, kind: str, by_load_balancer: bool
) -> None:
    stack = deploy_stack(account, "true", desired=0, health=(kind, 7))

    health = read_capacities(account)[stack.group.name].health

    assert health == HealthCheck(by_load_balancer, grace_seconds=7)


def test_should_read_user_data_and_role_when_a_group_has_a_launch_template(
    account: Account,
) -> None:
    stack = deploy_stack(account, "#!/bin/bash\necho 'hé'\n")

    launch = read_launch(account, stack.group.name)

    assert launch.user_data == "#!/bin/bash\necho 'hé'\n"
    account.client("iam").get_role(RoleName=launch.role_arn.rpartition("/")[2])


def test_should_know_the_target_group_when_a_group_is_attached_to_one(account: Account) -> None:
    stack = deploy_stack(account, "true")

    (arn,) = stack.group.target_group_arns

    answer = account.client("elbv2").describe_target_groups(TargetGroupArns=[arn])
    assert answer["TargetGroups"][0]["Port"] == 80


def test_should_name_the_group_when_it_is_gone(account: Account) -> None:
    with pytest.raises(LocalError, match="no Auto Scaling group nowhere"):
        read_launch(account, "nowhere")
