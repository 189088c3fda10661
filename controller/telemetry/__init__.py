"""What people and machines may know of the running service: log lines, metrics, and the story of each interaction.

It is an audience: it is told what has happened, never decides, and never shows a password, a token or the keys that somebody pressed.
"""
