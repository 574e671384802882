"""`python -m localaws` is the same as `localaws`."""

from localaws.cli import main

if __name__ == "__main__":
    main()
