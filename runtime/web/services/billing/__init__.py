"""Payments: Premium is a subscription at Stripe, and a user's role follows it."""
