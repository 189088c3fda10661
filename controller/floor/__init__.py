"""The whole contact centre: it introduces interactions to routing, and checks after every input that nothing impossible is true.

Pure: told the time, does no I/O. One input at a time goes in; an `Outcome` comes out, or a refusal and nothing has changed.
"""
