"""``afk tick``: watch, then poll; ``afk watch`` and ``afk poll`` are one of the two."""

import argparse
from collections.abc import Mapping
from typing import Any

from afk.commands.chosen import focus_of
from afk.dispatch_policy import DispatchDecision
from afk.errors import AfkError, NotFound
from afk.model.forge import RepositoryTrouble, Trouble
from afk.observe.opening import open_tick
from afk.observe.tick import Focus, Tick
from afk.poller import poll
from afk.ports import Deps
from afk.record.codec import summary
from afk.text.troubles import trouble_error
from afk.watcher import in_flight, watch


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Tick as the command line and the environment of a dispatched workflow say."""
    return tick(deps, options.command, focus_of(options, environ, deps.config))


def tick(deps: Deps, which: str = "tick", focus: Focus | None = None) -> dict[str, object]:
    """Watch, then poll, or one of the two. Polling alone still has to know what is in flight."""
    now = open_tick(deps, focus)
    if deps.reads_only:
        _look_at_names(now)
    decisions: list[DispatchDecision] = []
    if which in ("tick", "watch"):
        watch(now)
    else:
        in_flight(now)
    if which in ("tick", "poll"):
        decisions = poll(now)
    return {
        "runs": [summary(record) for record in now.ledger.runs.values()],
        "decisions": [_decision(one) for one in decisions],
    }


def _look_at_names(now: Tick) -> None:
    """Ask for every repository by its name, which only a dry run pays for.

    Forgejo's search says nothing of a name that it does not know, nor of a repository that went
    to another owner: there a misspelt allowlist would look like a quiet one.
    """
    for name in now.config.watched:
        if name in now.ledger.held:
            continue
        try:
            now.deps.tracker.repository(name)
        except NotFound:
            trouble = Trouble(name, RepositoryTrouble.MISSING)
            now.deps.report.error(trouble_error(trouble, now.config))
        except AfkError as error:
            now.deps.report.error(error)


def _decision(one: DispatchDecision) -> dict[str, Any]:
    return {
        "issue": str(one.key),
        "start": one.start,
        "gate": one.gate,
        "evidence": one.evidence,
    }
