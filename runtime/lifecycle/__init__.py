"""Watches for the end of the instance: drains its processes, then lets its group terminate it."""
