"""The laptop cloud: what the emulator doesn't provide, and the command line around it."""
