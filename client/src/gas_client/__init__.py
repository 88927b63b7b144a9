"""Client of the Genomics Annotation Service (GAS)."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("gas-client")
except PackageNotFoundError:  # run from the repository, without being installed
    __version__ = "0+repository"
