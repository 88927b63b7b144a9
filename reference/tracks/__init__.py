"""Tracks of a bundle: VCFs of known variants and BEDs of regions, in the form that is looked up."""
