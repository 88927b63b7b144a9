"""The web ACL in front of the site."""

from collections.abc import Sequence

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from runtime.contract.site import STRIPE_WEBHOOK_PATH, WES_RUNS_PATH
from stacks.settings import Firewall as FirewallSettings

MANAGED_RULES = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
"""In the order in which they're evaluated. Uploads go straight to S3, so the rules' limit on the
size of a request doesn't apply to them.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

PROVED_PATHS = (STRIPE_WEBHOOK_PATH, WES_RUNS_PATH)
"""Stripe's events have up to some 100 KB and many URLs, and runs have a file of up to 1 MiB. The
common rules refuse a body of more than 8 KB, and some of the URLs. Web checks an event's signature,
or a run's token, before it reads anything else.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""


class Firewall(Construct):
    """Limits the requests of each address, then applies AWS's managed rules."""

    def __init__(
        self, scope: Construct, name: str, *, settings: FirewallSettings, protects: str
    ) -> None:
        super().__init__(scope, name)
        acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            scope="REGIONAL",
            visibility_config=_visibility("gas"),
            rules=[
                _rate_limit(settings.requests_per_address),
                *(_managed(rule, place) for place, rule in enumerate(MANAGED_RULES, start=1)),
            ],
        )
        wafv2.CfnWebACLAssociation(
            self, "Association", resource_arn=protects, web_acl_arn=acl.attr_arn
        )


def _rate_limit(requests: int) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name="RequestsPerAddress",
        priority=0,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=requests, evaluation_window_sec=300
            )
        ),
        visibility_config=_visibility("RequestsPerAddress"),
    )


def _managed(name: str, priority: int) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS", name=name, scope_down_statement=_all_but(PROVED_PATHS)
            )
        ),
        visibility_config=_visibility(name),
    )


def _all_but(paths: Sequence[str]) -> wafv2.CfnWebACL.StatementProperty:
    are_paths = [
        wafv2.CfnWebACL.StatementProperty(
            byte_match_statement=wafv2.CfnWebACL.ByteMatchStatementProperty(
                field_to_match=wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
                positional_constraint="EXACTLY",
                search_string=path,
                text_transformations=[
                    wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")
                ],
            )
        )
        for path in paths
    ]
    either = wafv2.CfnWebACL.OrStatementProperty(statements=are_paths)
    return wafv2.CfnWebACL.StatementProperty(
        not_statement=wafv2.CfnWebACL.NotStatementProperty(
            statement=wafv2.CfnWebACL.StatementProperty(or_statement=either)
        )
    )


def _visibility(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )
