"""What the gate for later turns asks of forge and provider, in the tick that would send one."""

from afk.decide.approval import newest_application
from afk.decide.later_turn_gate import Passage, later_turn
from afk.decide.provider_gate import why_shut
from afk.errors import one_of_many
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Tick
from afk.types import Permission, Reason


def passage(tick: Tick, run: Followed) -> Passage:
    """Say whether this run may be sent another turn, with what was read in this tick.

    A permission that cannot be read lets the turn wait, and deadlines go on.
    """
    issue = run.issue
    by = newest_application(issue, tick.config)
    permission = Permission.UNKNOWN
    if by is not None:
        with one_of_many(tick.deps.report, issue.key):
            permission = tick.forge.permission(issue.repo.name, by.actor)
    return later_turn(
        issue,
        run.record,
        tick.config,
        permission=permission,
        own=tick.forge.own,
        provider_shut=_provider_shut(tick, run),
    )


def _provider_shut(tick: Tick, run: Followed) -> str:
    """Return why the provider takes no turn; a "go on" after a limit is itself the probe."""
    if run.decision.reason is Reason.USAGE_LIMIT:
        return ""
    snapshot = tick.t3.snapshot
    if snapshot is None:
        return "T3, which could not be read when afk last looked"
    return why_shut(
        run.issue.repo.name,
        tick.ledger.runs.values(),
        snapshot.threads,
        tick.config,
        now=tick.now,
        server_now=snapshot.server_now,
        apart_from=run.record.run_id,
        agent=run.record.thread.agent,
    )
