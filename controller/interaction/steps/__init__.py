"""How the parts of an interaction change, a file for each.

A step moves the one thing that its input is about; the couplings (`chart`) bring the others. So no step asks what the phase is, none says
where anybody stands, and none cleans up after another part.
"""
