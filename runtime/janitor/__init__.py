"""Finds jobs that nobody works on: publishes their request again, or ends them with a reason."""
