"""The laptop cloud: what the emulator doesn't play, and the command line around it."""
