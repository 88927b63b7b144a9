"""`python -m local`: what the launcher `./gas` runs."""

from local.commands.cli import main

if __name__ == "__main__":
    main()
