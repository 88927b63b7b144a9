"""Watches for the end of the instance: has its processes drain, then lets its group go on."""
