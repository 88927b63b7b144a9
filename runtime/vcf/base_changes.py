"""Changes of one base into another, written A>G.

A transition changes a purine into the other one (A, G) or a pyrimidine into the other one (C, T).
All other changes of one base are transversions.
"""

TRANSITIONS = frozenset({"A>G", "G>A", "C>T", "T>C"})
