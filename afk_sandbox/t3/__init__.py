"""A T3 Code server of protocol 1."""
