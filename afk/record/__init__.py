"""The run record: what is remembered between ticks, how it is written down, and its names."""
