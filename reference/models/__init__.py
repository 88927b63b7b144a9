"""Transcript models: places in the cDNA, the CDS, bases and proteins."""
