"""A telephony controller that gives a stock Asterisk the consult call, over ARI."""

__version__ = "0.1.0"
