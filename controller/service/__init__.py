"""The shell: the one task that takes inputs, what is wired to what, and how the service starts and stops."""
