"""The simulator: runs a load through the scaling rules, with models of launches and queues."""
