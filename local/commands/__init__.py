"""The commands of `./gas`, a module each."""
