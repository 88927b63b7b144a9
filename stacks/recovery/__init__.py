"""Brings a table back: restores it to a point in time, checks it, and has the stage use it."""
