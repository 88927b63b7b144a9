"""Scaling rules as data, what AWS makes of them, and a simulator to see it at no cost."""
