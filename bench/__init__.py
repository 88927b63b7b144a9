"""Benchmarks: the cost of the service, measured against references."""
