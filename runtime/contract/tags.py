"""The tag that every resource of a stage has."""

STAGE_TAG = "gas-stage"
"""Its key; its value is the stage's name. Budgets and costs are counted by it."""
