"""How fast cnilog is, measured back to back with the tools people know."""
