"""What a telephone number means and how people write it. Pure."""
