"""CDK entry point: reads the stage, builds the stacks."""

import sys

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from stacks.archive_asset import AssetError
from stacks.platform import build
from stacks.settings import SettingsError, load

# They name temporary folders, which differ from run to run.
NO_STACK_TRACES = {"aws:cdk:disable-creation-stack-traces": True}

app = cdk.App(post_cli_context=NO_STACK_TRACES)
try:
    stage = load(app.node.get_context("stage"))
    if app.node.try_get_context("first") == "true":
        stage = stage.first()
    if other := app.node.try_get_context("like"):
        stage = stage.like(load(other))
    if references := app.node.try_get_context("references"):
        stage = stage.offering(references.split(","))
    build(app, stage=stage, site_url=app.node.try_get_context("site_url"))
except (AssetError, SettingsError) as error:
    sys.exit(str(error))
cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
app.synth()
