"""SES: the identity that emails come from, and who may send from it."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct

from stacks.findings import acknowledge_arn
from stacks.grants import allow
from stacks.settings import Mail
from stacks.stage_stack import StageStack


class Sender(Construct):
    """The identity and its configuration set; nothing where the account has an identity already."""

    def __init__(self, scope: Construct, name: str, *, mail: Mail) -> None:
        super().__init__(scope, name)
        if mail.identity == "existing":
            return
        identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.domain(mail.domain)
            if mail.domain
            else ses.Identity.email(mail.sender),
            configuration_set=ses.ConfigurationSet(
                self, "ConfigurationSet", reputation_metrics=True
            ),
        )
        if mail.domain:
            self._output_records(identity)

    def _output_records(self, identity: ses.EmailIdentity) -> None:
        """Output the three CNAME records that verify the domain, as a zone file has them."""
        for number, record in enumerate(identity.dkim_records, start=1):
            StageStack.containing(self).output(
                **{f"DkimRecord{number}": f"{record.name}. CNAME {record.value}."}
            )


def allow_sending(role: iam.IRole, *, sender: str) -> None:
    """Allow `role` to send emails from the address `sender`, and from no other.

    The condition holds the address, because the identity may be the address or its domain. In the
    sandbox, SES also authorizes the identity of the recipient, and with a default configuration set
    that set too.
    https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
    """
    ours = f"arn:{cdk.Aws.PARTITION}:ses:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    patterns = [f"{ours}:identity/*", f"{ours}:configuration-set/*"]
    allow(
        role,
        "ses:SendEmail",
        on=patterns,
        only_if={"StringEquals": {"ses:FromAddress": [sender]}},
    )
    for pattern in patterns:
        acknowledge_arn(role, pattern, reason="The condition limits it to the stage's sender.")
