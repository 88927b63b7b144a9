"""`python -m reference`: see `reference.cli`."""

from reference.cli import app

if __name__ == "__main__":
    app(prog_name="python -m reference")
