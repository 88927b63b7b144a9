"""Moves results of Free users into the archive when their time is over."""
