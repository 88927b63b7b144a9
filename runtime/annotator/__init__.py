"""Annotates one VCF after another: the check, the engine in a child process, and what follows."""
