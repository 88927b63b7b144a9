"""The bundle `rcrs`: the human mitochondrial genome, from data files of facts."""
