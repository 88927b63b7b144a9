"""Sends what happens to jobs to the webhooks of their owners, and to a bus of EventBridge."""
