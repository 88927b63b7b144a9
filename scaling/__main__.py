"""`python -m scaling`."""

from scaling.command_line import main

if __name__ == "__main__":
    main()
