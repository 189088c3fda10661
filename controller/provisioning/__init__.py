"""What telephones are configured with: Asterisk's sections, passwords, sheets for people, files for telephones. Nothing here runs calls."""
