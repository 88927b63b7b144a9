"""The cache of vepyr, the engine for contigs of genetic code 1."""
