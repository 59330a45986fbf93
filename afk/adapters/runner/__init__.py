"""The Actions runner: its job log, its summary, and what must not appear in either."""
