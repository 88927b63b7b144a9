"""Payments: Premium is a subscription at Stripe, and the user's role follows it."""
