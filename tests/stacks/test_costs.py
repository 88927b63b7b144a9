"""What docs/deploy.md says of costs is what the stages come to."""

import pytest

from stacks.costs import usage
from stacks.costs.__main__ import PAGE, costs_of, document, main, updated
from stacks.costs.usage import Item
from stacks.settings import load
from tests.stacks.synthesis import resources

STAGES = ("starter", "dev", "prod")


def amounts(stage: str) -> dict[str, float]:
    return {item.what: item.amount for item in usage.idle_month(load(stage))}


def test_should_be_what_the_stages_come_to_when_the_page_tells_costs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "\n".join(document()) in page, "python -m stacks.costs brings it up to date"
    assert updated(page) == page


def test_should_multiply_amount_and_price_when_a_line_is_summed() -> None:
    gateways = {item.what: item for item in usage.idle_month(load("prod"))}["NAT gateways"]
    assert gateways.usd == pytest.approx(730 * 0.045)


def test_should_name_a_price_and_its_page_when_something_is_paid_for() -> None:
    lines: list[Item] = [*usage.thousand_jobs(), *usage.thousand_restores()]
    for stage in STAGES:
        lines += usage.idle_month(load(stage))
    for item in lines:
        assert item.price.usd > 0, item
        assert item.price.page.startswith("https://aws.amazon.com/"), item


@pytest.mark.parametrize("stage", STAGES)
def test_should_count_what_the_templates_hold_when_a_month_is_estimated(stage: str) -> None:
    def count(kind: str) -> int:
        return len(resources(stage, kind))

    found = amounts(stage)
    zones = len(load(stage).network.zones)
    endpoints = [
        endpoint
        for endpoint in resources(stage, "AWS::EC2::VPCEndpoint")
        if endpoint.properties["VpcEndpointType"] == "Interface"
    ]
    watched = sum(
        len([one for one in alarm.properties.get("Metrics", [{}]) if "Expression" not in one])
        for alarm in resources(stage, "AWS::CloudWatch::Alarm")
    )
    rules = [
        rule for acl in resources(stage, "AWS::WAFv2::WebACL") for rule in acl.properties["Rules"]
    ]
    assert found["NAT gateways"] == 730 * count("AWS::EC2::NatGateway")
    assert found["Interface endpoints"] == 730 * zones * len(endpoints)
    tracking = [
        policy
        for policy in resources(stage, "AWS::AutoScaling::ScalingPolicy")
        if policy.properties["PolicyType"] == "TargetTrackingScaling"
    ]
    assert found["Alarms"] == watched + 2 * len(tracking)
    assert found["Secrets"] == count("AWS::SecretsManager::Secret")
    assert found["Key of the ops topic"] == count("AWS::KMS::Key")
    assert found.get("Rules of the web ACL", 0) == len(rules)
    assert found["Dashboard"] == count("AWS::CloudWatch::Dashboard")


@pytest.mark.parametrize("stage", STAGES)
def test_should_print_every_item_and_the_sums_when_asked_for_a_stage(stage: str) -> None:
    printed = "\n".join(costs_of(load(stage)))
    for items in (usage.idle_month(load(stage)), usage.thousand_jobs()):
        for item in items:
            assert (f"  {item.what} (" in printed) == bool(item.usd)
        total = sum(item.usd for item in items)
        said = f"{total:,.2f}" if total >= 1 else f"{total:.3f}"
        assert f"{said}  USD in all" in printed


def test_should_probe_as_the_target_group_does_when_probes_are_counted() -> None:
    [group] = resources("prod", "AWS::ElasticLoadBalancingV2::TargetGroup")
    seconds = group.properties["HealthCheckIntervalSeconds"]
    probes = 730 * 3600 / seconds * 3 * 2
    records = 4 * (probes + 730 * 3600)
    assert amounts("prod")["Flow logs, delivery: health probes and scanners"] == pytest.approx(
        records * 120 / 1e9
    )


def test_should_exit_with_one_when_there_is_no_such_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["staging"]) == 1
    assert "no such stage" in capsys.readouterr().err
