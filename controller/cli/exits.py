"""What the exit codes mean."""

DONE = 0
CHECK_FAILED = 1
BAD_USAGE = 2
"""Also a site file that can't be used."""
