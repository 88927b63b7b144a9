"""Stripe, as the PyPI package `localstripe` plays it, and what it doesn't play."""
