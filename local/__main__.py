"""`python -m local`: what the launcher `./gas` runs."""

from local.cli import main

if __name__ == "__main__":
    main()
