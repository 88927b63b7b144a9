"""Benchmarks: what the service costs, measured against what it could cost at best."""
