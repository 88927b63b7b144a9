"""Emails people when their job has ended."""
