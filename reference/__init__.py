"""Builds the embedded reference bundle `rcrs` from the data files of facts in `data/`."""
