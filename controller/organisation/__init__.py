"""Where colleagues come from who are no agents of ours. They are fetched, kept and fetched again; searching is the directory's.

No list is read in the controller's own process: a file may be huge or lie on a disk that hangs, and calls must not feel it.
"""
