"""What the gate for later turns asks of forge and provider, in the tick that would send one."""

from dataclasses import replace
from functools import partial
from typing import Final

from afk.decide.approval import newest_application
from afk.decide.decision import Decision, wait
from afk.decide.later_turn_gate import Gate, Passage, later_turn
from afk.decide.lifecycle import with_deadline
from afk.decide.provider_gate import why_shut
from afk.decide.waiting import needs_a_place, without_a_place
from afk.errors import answer_or_error, one_of_many
from afk.observe.room import has_room
from afk.observe.run_in_flight import Followed
from afk.observe.sharing import shut_elsewhere
from afk.observe.tick import Tick
from afk.types import Action, Permission, Reason

_RULE: Final = "turn-gate"
_NO_PLACE: Final = "another run is at work here"


SENDS_TURN: Final = frozenset(
    {Action.FIX_FORWARD, Action.RESUME, Action.REDISPATCH, Action.ANSWER}
    | {Action.REBASE, Action.REVIEW}
)
"""What is decided of a run and still has to pass the gate."""


def gated(tick: Tick, run: Followed) -> Followed:
    """Return the run that is to be sent a turn, as the gate leaves it.

    What keeps the turn waiting becomes the decision, or the deadline that ends that; its record
    then says whose limit it waits for, or that it gave up its place.
    """
    allowed = passage(tick, run)
    if allowed.gate is Gate.PARK:
        reason = allowed.reason or Reason.AUTHORITY_REVOKED
        return replace(run, decision=Decision(Action.PARK, _RULE, reason))
    record = run.record.held(tick.now) if allowed.provider_closed else run.record.let_go(tick.now)
    detail = allowed.detail
    if allowed.gate is Gate.GO:
        if not needs_a_place(record) or has_room(tick, record):
            return replace(run, record=record)
        record, detail = without_a_place(record, tick.now), _NO_PLACE
    decision = with_deadline(record, run.observed, tick.config, wait(_RULE, detail))
    return replace(run, record=record, decision=decision)


def ask_ahead(tick: Tick, run: Followed) -> None:
    """Ask for what the gate will want to know; what cannot be told now is asked again there."""
    by = newest_application(run.issue, tick.config)
    if by is not None and run.decision.action in SENDS_TURN:
        answer_or_error(partial(tick.forge.permission, run.issue.repo.name, by.actor))


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
    repo, agent = run.issue.repo.name, run.record.thread.agent
    return shut_elsewhere(tick, repo, agent) or why_shut(
        repo,
        tick.ledger.runs.values(),
        snapshot.threads,
        tick.config,
        now=tick.now,
        server_now=snapshot.server_now,
        apart_from=run.record.run_id,
        agent=agent,
    )
