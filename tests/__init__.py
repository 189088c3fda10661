"""Everything that proves ari-controller, from the pure core to real telephones."""
