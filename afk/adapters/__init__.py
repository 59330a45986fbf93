"""Everything that talks to the outside world, one adapter per server, behind `afk.ports`."""
