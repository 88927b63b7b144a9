"""Scaling rules as data, how AWS evaluates and executes them, and a simulator of both."""
