"""The Debian packages on bare systems: installed, upgraded in a call, removed."""
