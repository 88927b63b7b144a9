"""The infrastructure of GAS as AWS CDK stacks: one module a stack, and the constructs they share."""
