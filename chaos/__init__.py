"""Breaks a running platform on purpose, and checks that no job is lost, wrong or told of twice."""
