"""Speaks ARI with one Asterisk: hears its events, asks for what is wanted, and notices when nobody is there.

The only folder that knows channels, bridges and ARI. It brings facts and never decides what they mean.
"""
