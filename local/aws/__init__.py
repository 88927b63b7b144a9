"""Stands for AWS: the emulator, and the services that it doesn't provide."""
