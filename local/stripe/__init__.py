"""The Stripe stand-in: the PyPI package `localstripe`, and what it lacks."""
