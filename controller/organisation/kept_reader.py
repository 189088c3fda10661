"""`python -m controller.organisation.kept_reader`: the program that reads the list that was kept for this start (see `reading`)."""

import sys

from controller.organisation.reading import be_a_reader, read_kept

if __name__ == "__main__":
    sys.exit(be_a_reader(read_kept))
