"""`python -m gas_client` is `gas-client`."""

from gas_client.cli import run

run()
