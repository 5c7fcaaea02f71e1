"""``python -m ui.cli``: the command line where the ``refdesk`` script is not on the path."""

from ui.cli import main

if __name__ == "__main__":
    main()
