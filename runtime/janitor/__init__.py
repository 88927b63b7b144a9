"""Finds jobs that no annotator works on: requests them again, or ends them with a reason."""
