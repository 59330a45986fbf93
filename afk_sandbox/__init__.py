"""A loopback forge and a loopback T3 server: the bed of `afk demo` and of the loops' tests."""
