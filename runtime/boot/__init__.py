"""Boots an instance: a script, the units that it starts, and what configures the log agent."""
