"""The simulator: load through the scaling rules, with models of launches and queueing."""
