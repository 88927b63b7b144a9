"""Tells people by e-mail that their job has ended."""
