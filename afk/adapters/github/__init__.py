"""GitHub, GitHub Enterprise Server included, behind the ports."""
