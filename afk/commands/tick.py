"""``afk tick``: watch, then poll; ``afk watch`` and ``afk poll`` are one of the two."""

import argparse
from collections.abc import Callable, Mapping

from afk.commands.chosen import commented_on, focus_of
from afk.commands.sharded import in_shard, nothing_for
from afk.deps import Deps
from afk.observe.first_reads import first_reads
from afk.parallel import at_once


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Tick as the command line and the environment of a dispatched workflow say."""
    focus = focus_of(options, environ, deps.config)
    deps, focus = in_shard(deps, focus, environ)
    if not deps.config.watched:
        deps.report.event(f"nothing to do: {nothing_for(environ)}")
        return {}
    first, watch_and_poll = at_once(lambda: first_reads(deps), _loops)
    commented = commented_on(environ)
    return watch_and_poll(deps, options.command, focus, commented=commented, first=first)


def _loops() -> Callable[..., dict[str, object]]:
    """Return the loops, whose loading takes about as long as an answer."""
    from afk.commands.watch_and_poll import watch_and_poll  # noqa: PLC0415  see above

    return watch_and_poll
