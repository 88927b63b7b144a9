"""A budget of a stage, which warns people before the bill comes."""

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from runtime.contract.tags import STAGE_TAG
from stacks.settings import Budget as BudgetSettings

NOTICES = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""What is compared with the budget, and the percentage of it at which people are told."""


class Budget(Construct):
    """A monthly budget of what has the stage's tag.

    The tag must be activated by hand in the billing console, once per account; until then the
    budget sees no costs. `./gas preflight` looks whether it is active.
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: str,
        settings: BudgetSettings,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        subscriber = budgets.CfnBudget.SubscriberProperty(
            subscription_type="SNS", address=topic.topic_arn
        )
        budgets.CfnBudget(
            self,
            "Monthly",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                cost_filters={"TagKeyValue": [f"user:{STAGE_TAG}${stage}"]},
                budget_limit=budgets.CfnBudget.SpendProperty(
                    amount=settings.monthly_usd, unit="USD"
                ),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type=kind,
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[subscriber],
                )
                for kind, percent in NOTICES
            ],
        )
