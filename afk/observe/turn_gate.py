"""What the gate for later turns asks of forge and provider, in the tick that would send one."""

from afk.decide.approval import newest_application
from afk.decide.later_turn_gate import Passage, later_turn
from afk.decide.provider_gate import provider_open
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
        provider_open=_provider_open(tick, run),
    )


def _provider_open(tick: Tick, run: Followed) -> bool:
    """Say whether the provider takes the turn; a "go on" after a limit is itself the probe."""
    if run.decision.reason is Reason.USAGE_LIMIT:
        return True
    snapshot = tick.t3.snapshot
    return snapshot is not None and provider_open(
        run.issue.repo.name,
        tick.ledger.runs.values(),
        snapshot.threads,
        tick.config,
        now=tick.now,
        server_now=snapshot.server_now,
        apart_from=run.record.run_id,
        agent=run.record.thread.agent,
    )
