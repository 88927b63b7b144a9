"""The roles by which GitHub deploys a stage: a stack of its own, which people deploy.

    cdk deploy --app "python3 -m stacks.deployer" -c stage=prod -c repository=OWNER/NAME

A run of a workflow gets short-lived credentials by OpenID Connect; there is no key to keep.
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
"""

import os
import re
import sys

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks
from constructs import Construct

from runtime.contract.tags import STAGE_TAG
from stacks.settings import SettingsError, Stage, load

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"

REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")

DEPLOYS = ("deploy", "file-publishing", "lookup")
REVIEWS = ("lookup",)
"""Roles of the bootstrap stack. Only CloudFormation assumes the one that creates resources; the
stages have no container images to publish.
https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""

LONGEST = cdk.Duration.hours(2)
"""A deployment that replaces every instance takes less."""


class DeployerStack(cdk.Stack):
    """Two roles for one repository: one deploys, the other compares and looks for drift.

    Each may only be assumed by jobs of its environment in GitHub, whose rules say who approves and
    from which branch. Each may do nothing but assume roles of the bootstrap stack.
    """

    def __init__(
        self, scope: Construct, *, stage: Stage, repository: str, creates_provider: bool
    ) -> None:
        super().__init__(
            scope,
            f"gas-{stage.name}-deployer",
            description=f"GAS: roles by which GitHub deploys stage {stage.name}",
            env=cdk.Environment(
                account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
                region=os.environ.get("CDK_DEFAULT_REGION"),
            ),
        )
        self._repository = repository
        self._provider_arn = self._provider(creates=creates_provider)
        self._role("Deploy", environment=stage.name, assumes=DEPLOYS)
        self._role("Review", environment=f"{stage.name}-review", assumes=REVIEWS)
        cdk.Tags.of(self).add("project", "gas")
        cdk.Tags.of(self).add(STAGE_TAG, stage.name)

    def _provider(self, *, creates: bool) -> str:
        """Return the ARN of GitHub's provider, of which an account has one."""
        if not creates:
            return f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        provider = iam.CfnOIDCProvider(
            self, "GitHub", url=f"https://{ISSUER}", client_id_list=[AUDIENCE]
        )
        # Stages of the same account share it.
        provider.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return provider.attr_arn

    def _role(self, name: str, *, environment: str, assumes: tuple[str, ...]) -> None:
        subject = f"repo:{self._repository}:environment:{environment}"
        role = iam.Role(
            self,
            name,
            description=f"For the environment {environment} of {self._repository} at GitHub",
            assumed_by=iam.WebIdentityPrincipal(
                self._provider_arn,
                {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}},
            ),
            max_session_duration=LONGEST,
        )
        qualifier = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
        ours = f"arn:{self.partition}:iam::{self.account}:role/cdk-{qualifier}"
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=[f"{ours}-{each}-role-{self.account}-{self.region}" for each in assumes],
            )
        )
        cdk.CfnOutput(self, f"{name}RoleArn", value=role.role_arn)


def build(app: cdk.App) -> DeployerStack:
    """Add the stack to `app`, as its context says: stage, repository, provider.

    Raises:
        SettingsError: the context or the stage is wrong.
    """
    repository = str(app.node.try_get_context("repository") or "")
    if not REPOSITORY.fullmatch(repository):
        raise SettingsError("Name the repository at GitHub: -c repository=OWNER/NAME")
    provider = app.node.try_get_context("provider") or "create"
    if provider not in ("create", "existing"):
        raise SettingsError(f"provider is create or existing, not {provider}")
    stage = load(app.node.get_context("stage"))
    return DeployerStack(
        app, stage=stage, repository=repository, creates_provider=provider == "create"
    )


def main() -> None:
    """Synthesize the stack."""
    app = cdk.App()
    try:
        build(app)
    except SettingsError as error:
        sys.exit(str(error))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


if __name__ == "__main__":
    main()
