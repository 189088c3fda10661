"""The core, second version, beside the first: parts that change by themselves, and everything else derived from them.

A test steps both through every state and input and compares all that can be seen. When this one takes over, the first goes.
"""
