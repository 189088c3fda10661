"""Situations over a real Asterisk, the real controller in its container, and real soft phones: who hears whom."""
