"""What must not be lost: every accepted input, in order, on disk before anybody is told what it led to.

The state of the contact centre is its journal, replayed: the same inputs at the same moments give the same state, byte for byte. So nothing
but a journal is needed to rebuild it, and a journal that is replicated can one day take the place of the one on this disk.
"""
