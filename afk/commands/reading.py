"""What commands that only read are given."""

from dataclasses import replace

from afk.ports import Deps


def reading(deps: Deps) -> Deps:
    """Return dependencies that put nothing in order on the way."""
    return replace(deps, dry_run=True)
