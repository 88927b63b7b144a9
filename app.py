"""CDK entry point: reads the stage, builds the stacks."""

import sys

import aws_cdk as cdk

from stacks.archive_asset import AssetError
from stacks.platform import build
from stacks.settings import SettingsError, load

app = cdk.App()
try:
    stage = load(app.node.get_context("stage"))
    build(app, stage=stage, site_url=app.node.try_get_context("site_url"))
except (AssetError, SettingsError) as error:
    sys.exit(str(error))
app.synth()
