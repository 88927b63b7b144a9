"""What all stacks have in common."""

import os

import aws_cdk as cdk
from constructs import Construct, IConstruct

from stacks.examples import refuse_examples
from stacks.settings import Stage


class StageStack(cdk.Stack):
    """A stack of one stage, named `gas-<stage>-<name>`.

    Account and region come from the environment (the CDK CLI sets them when it finds credentials);
    without them the template works in any account and region.
    """

    def __init__(self, scope: Construct, *, stage: Stage, name: str, description: str) -> None:
        self._zones = stage.network.zones
        super().__init__(
            scope,
            f"gas-{stage.name}-{name}",
            description=description,
            env=cdk.Environment(
                account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
                region=os.environ.get("CDK_DEFAULT_REGION"),
            ),
            synthesizer=_synthesizer(stage),
            termination_protection=stage.deletion_protection,
        )
        self.stage = stage
        refuse_examples(self, stage)
        self._outputs = Construct(self, "Outputs")

    @staticmethod
    def containing(scope: IConstruct) -> "StageStack":
        """The stack that `scope` is in; raises TypeError outside of one."""
        stack = cdk.Stack.of(scope)
        if not isinstance(stack, StageStack):
            raise TypeError(f"{scope.node.path} is in no stack of a stage")
        return stack

    @property
    def availability_zones(self) -> list[str]:
        """The stage's zones, so that the synthesis doesn't look them up."""
        return [f"{self.region}{letter}" for letter in self._zones]

    @property
    def removal(self) -> cdk.RemovalPolicy:
        """What happens to data when its stack is deleted.

        What a stage retains still goes when its very creation is rolled back: it is empty, and
        would be left over from each attempt.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
        """
        if self.stage.removal_policy == "destroy":
            return cdk.RemovalPolicy.DESTROY
        return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

    def output(self, **values: str) -> None:
        """Add CloudFormation outputs, by which tools and people find what was deployed."""
        for key, value in values.items():
            cdk.CfnOutput(self._outputs, key, value=value).override_logical_id(key)


def _synthesizer(stage: Stage) -> cdk.IStackSynthesizer:
    """How the CLI deploys.

    The emulator refuses the bootstrap stack's file-publishing role when it enforces IAM, so there
    the CLI's own credentials do everything.
    """
    if stage.emulator:
        return cdk.CliCredentialsStackSynthesizer()
    return cdk.DefaultStackSynthesizer()
