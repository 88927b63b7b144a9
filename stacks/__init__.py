"""The infrastructure of GAS as AWS CDK stacks: a module a stack, and constructs they share."""
