"""How an interaction changes: functions from what is, what came, and now, to what is and whom to tell.

A step never says how the switch gets there: the layout follows from the interaction. One file for each part of a call's life.
"""
