"""Schedules: a seed, a world, what people do, and ticks that overlap, fail and die.

``python -m schedules --help`` plays them; tests/README.md says how to read what comes out.
"""
