"""Tells people by email that their job has ended."""
