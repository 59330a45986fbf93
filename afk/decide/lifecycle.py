"""The rules around the fixed table: what a tick does about a run in flight.

Pure. `decide` asks the rules in their order; the first that answers wins. Rules 2 to 5 are asked
only while the run's newest commit is not green. Every rule looks at the noted record
(`afk.decide.observation.note`) and the observation, and returns a `Decision` or None.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.config import Config
from afk.decide.asks import asked_for, questions
from afk.decide.deadlines import past_deadline
from afk.decide.decision import Decision, wait
from afk.decide.landing import (
    NEEDS_AN_ENDED_TURN,
    PEOPLE,
    ended_by_people,
    land,
    named_silence,
)
from afk.decide.observation import Observation
from afk.decide.peoples_acts import stopping_act
from afk.decide.rule_view import View
from afk.decide.unmarked import unmarked_commits
from afk.model.agent import Presence
from afk.record.answers import Word
from afk.record.state import Outcome, RunRecord
from afk.run_state_machine import next_action
from afk.types import Action, CIStatus, Reason, RunState, ThreadStatus


def decide(record: RunRecord, observed: Observation, config: Config) -> Decision:
    """Return what this tick does about a running run."""
    view = View(record, observed, config)
    green = view.ci is CIStatus.GREEN and not view.unanswered
    for rule in _BEFORE_TABLE:
        if rule is not _person_acted and green:
            continue
        decision = rule(view)
        if decision is not None:
            return _deadline(view, decision)
    return _deadline(view, _never_beside_a_turn(view, _landed(view)))


# --- rules 1 to 5 ------------------------------------------------------------------------------


def _person_acted(view: View) -> Decision | None:
    """1. Their act wins. A record put back to an older state is somebody's act, too."""
    if view.observed.issue.oversized:
        return Decision(Action.PARK, "oversized", Reason.OVERSIZED, view.observed.issue.oversized)
    act = stopping_act(view.observed, view.record, view.config)
    if act is Reason.LABELLED_AGAIN:
        return Decision(Action.END_SUPERSEDED, "person-acted", act)
    if act is Reason.AUTHORITY_REVOKED:
        return Decision(Action.PARK, "person-acted", act)
    if act is not None:
        return Decision(Action.END_STOPPED, "person-acted", act)
    observed = view.observed
    if observed.thread.regressed:
        return Decision(Action.PARK, "record-regressed", Reason.RECORD_REGRESSED)
    return ended_by_people(view)


def _needs_human(view: View) -> Decision | None:
    """2. One answer; a request not answered before is the second time. CI decides after a push.

    What a person who may approve answers goes to the agent, whichever time it is.
    """
    if view.observed.thread.status is not ThreadStatus.NEEDS_HUMAN:
        return None
    fresh = [
        one for one in view.observed.thread.pending if one.id not in view.record.dialogue.answered
    ]
    by_a_person = questions(fresh) and asked_for(view.observed.asks, Word.ANSWER)
    first = not view.record.dialogue.answered
    if fresh and (first or by_a_person) and not view.no_more_turns:
        return Decision(Action.ANSWER, "needs-human")
    if view.pushed:
        return None
    if not fresh and not view.no_more_turns:
        return wait(ANSWERED, "the agent to take afk's answer")
    if not fresh or not view.record.dialogue.answered:
        return wait("needs-human", "whoever wrote to the agent in T3: afk sends it nothing more")
    return Decision(Action.ESCALATE_PREPUSH, "needs-human", Reason.ASKED_AGAIN)


def _usage_limit(view: View) -> Decision | None:
    """3. A usage limit is waited out, then the thread is told to go on."""
    record, now = view.record, view.now
    if view.turn is None or view.turn.outcome is not Outcome.LIMITED:
        return None
    if view.no_more_turns:
        return None
    if record.pauses.waited(now) >= view.config.usage_wait_seconds:
        spent = f"usage_wait_seconds={view.config.usage_wait_seconds}"
        if not view.pushed:
            return Decision(Action.ESCALATE_PREPUSH, "usage-limit", Reason.USAGE_LIMIT, spent)
        if view.ci is CIStatus.RED:
            return Decision(Action.FREEZE_ESCALATE, "usage-limit", Reason.USAGE_LIMIT, spent)
        return None
    if record.pauses.next_try is not None and now < record.pauses.next_try:
        return wait("usage-limit", "the provider's reset", record.pauses.next_try)
    if view.busy or not view.observed.thread.seen:
        return wait("usage-limit", "T3 to show the agent at rest")
    if view.observed.thread.presence is Presence.VANISHED:
        return None
    return Decision(Action.RESUME, "usage-limit", Reason.USAGE_LIMIT)


def _vanished(view: View) -> Decision | None:
    """4. A thread that is gone without anybody's act is replaced once."""
    thread = view.observed.thread
    if thread.presence is Presence.OTHER_SERVER:
        return wait("other-server", "the T3 it was started on: another one answers")
    gone = thread.presence is Presence.VANISHED
    if view.pushed or view.busy or not thread.seen or not (view.half_replaced or gone):
        return None
    if view.no_more_turns is None and (view.half_replaced or view.replaceable):
        return Decision(Action.REDISPATCH, "vanished", Reason.VANISHED)
    return Decision(Action.ESCALATE_PREPUSH, "vanished", Reason.VANISHED) if gone else None


ANSWERED: Final = "answered"
ZOMBIE: Final = "zombie"
RUNNING_GRACE: Final = "running-grace"


def _zombie(view: View) -> Decision | None:
    """5. Running while nothing moves: stopped; once seen stopped, told to go on, once.

    So is an agent that T3 itself cut off before anything was pushed.
    """
    thread, turn = view.observed.thread, view.turn
    if turn is None or thread.presence is not Presence.PRESENT:
        return None
    if thread.status is ThreadStatus.RUNNING:
        still = thread.still_for >= timedelta(seconds=view.config.silence_seconds)
        return _stop(view, ZOMBIE) if still else None
    stopped_by_us = any(stop.rule == ZOMBIE for stop in view.record.stops_of(turn))
    stopped = turn.outcome in (Outcome.INTERRUPTED, Outcome.COMPLETED, Outcome.ERROR)
    once = (view.replaceable or view.half_resumed) and not view.no_more_turns
    cut_off = thread.cut_off and not view.pushed
    if (stopped_by_us or cut_off) and stopped and thread.stopped and once:
        return Decision(Action.RESUME, ZOMBIE, Reason.ZOMBIE)
    return None


def _stop(view: View, rule: str) -> Decision:
    """Ask for a stop, again only after ``stop_seconds``; accepted is not stopped."""
    again = timedelta(seconds=view.config.stop_seconds)
    stops = [stop for stop in view.record.dialogue.stops if stop.rule == rule]
    if stops and view.now - stops[-1].at < again:
        return wait(rule, "the agent to stop, as it was asked to", stops[-1].at + again)
    return Decision(Action.STOP_SESSION, rule)


# --- rules 6 to 8 ------------------------------------------------------------------------------


def _landed(view: View) -> Decision:
    """7. The fixed table, with what landing by pull request puts around it."""
    sight = view.observed.landing
    return _table(view) if sight is None else land(view, sight, lambda: _table(view))


def _table(view: View) -> Decision:
    """7. The fixed table, with the reason it gives people."""
    first_red = view.record.commits.first_red_at
    elapsed = view.record.pauses.budget_now(view.now) - first_red if first_red else timedelta()
    state = RunState(
        thread_status=view.status,
        ci_status=view.ci,
        pushed=view.pushed,
        fix_forward_attempts=view.record.corrective_turns,
        elapsed_seconds=max(elapsed.total_seconds(), 0),
    )
    action = next_action(state, view.config)
    match action:
        case Action.CLOSE_SUCCESS:
            return Decision(action, "table", Reason.LANDED)
        case Action.FIX_FORWARD:
            return _fix_forward(view)
        case Action.FREEZE_ESCALATE:
            config = view.config
            if state.fix_forward_attempts >= config.fix_forward_max_attempts:
                bound = f"fix_forward_max_attempts={config.fix_forward_max_attempts}"
                return Decision(action, "table", Reason.ATTEMPTS_SPENT, bound)
            bound = f"fix_forward_max_seconds={config.fix_forward_max_seconds}"
            return Decision(action, "table", Reason.TIME_SPENT, bound)
        case Action.ESCALATE_PREPUSH:
            if _another_turn_is_due(view) and not view.observed.thread.seen:
                return wait("table", "T3 to show the agent")
            if view.branch_gone:
                return Decision(action, "table", Reason.BRANCH_GONE, view.branch_gone)
            unmarked = unmarked_commits(view)
            return Decision(action, "table", _why_nothing_came(view, unmarked), unmarked)
        case _:
            doing = "CI has not spoken" if view.pushed else _at_work(view)
            gone = f"; the branch {view.branch_gone} is no longer there" if view.branch_gone else ""
            return wait("table", doing + gone)


def _at_work(view: View, still: str = "") -> str:
    """Return what an unfinished turn waits for; what T3 does not show is not claimed."""
    if view.observed.thread.seen:
        return f"the agent is {still}at work"
    return f"T3 to show whether the agent is {still}at work"


def _another_turn_is_due(view: View) -> bool:
    """Say whether rule 4 or 5 has more to do once T3 shows the thread, or a turn is under way."""
    turn = view.turn
    gone = turn is not None and turn.outcome is Outcome.VANISHED
    silent = any(stop.rule == ZOMBIE for stop in view.record.stops_of(turn))
    once = view.replaceable and not view.no_more_turns
    return view.intended is not None or ((gone or silent) and once)


def _why_nothing_came(view: View, unmarked: str) -> Reason:
    """Say how the last turn ended without a push, or without one that names the run."""
    if any(stop.rule == ZOMBIE for stop in view.record.stops_of(view.turn)):
        return Reason.ZOMBIE
    if view.status is not ThreadStatus.IDLE:
        return Reason.AGENT_FAILED
    return Reason.UNMARKED if unmarked else Reason.NOTHING_PUSHED


def _fix_forward(view: View) -> Decision:
    """A corrective turn, unless afk may send none or nobody is left to take it."""
    if view.no_more_turns:
        return Decision(Action.FREEZE_ESCALATE, "table", view.no_more_turns)
    gone = view.observed.thread.presence is Presence.VANISHED
    if gone and not view.half_replaced and not view.replaceable:
        return Decision(Action.FREEZE_ESCALATE, "vanished", Reason.VANISHED)
    if not view.observed.thread.seen:
        return wait("table", "T3 to show the agent")
    return Decision(Action.FIX_FORWARD, "table")


_NEEDS_AN_ENDED_TURN: Final = NEEDS_AN_ENDED_TURN | {
    Action.CLOSE_SUCCESS,
    Action.FIX_FORWARD,
    Action.FREEZE_ESCALATE,
    Action.PARK,
}
_IS_A_TURN: Final = frozenset({Action.FIX_FORWARD, Action.REBASE, Action.REVIEW})


def _never_beside_a_turn(view: View, decision: Decision) -> Decision:
    """6. Nothing of consequence while a turn may be running; past the grace it is stopped."""
    ended = view.ended and (decision.action in _IS_A_TURN or view.intended is None)
    waits = decision.action not in _NEEDS_AN_ENDED_TURN and decision.rule != PEOPLE
    if waits or ended:
        return decision
    seen = view.record.commits.seen_verdict
    starts = [view.turn.sent_at if view.turn else None, seen.at if seen else None]
    start = max((at for at in starts if at is not None), default=view.now)
    until = start + timedelta(seconds=view.config.running_grace_seconds)
    if view.now < until:
        return wait("never-beside-a-turn", _at_work(view, "still "), until)
    if not view.observed.thread.seen:
        return wait("never-beside-a-turn", "T3 to show the agent")
    return decision if view.observed.thread.stopped else _stop(view, RUNNING_GRACE)


def with_deadline(
    record: RunRecord, observed: Observation, config: Config, decision: Decision
) -> Decision:
    """Return a wait that came about outside of the rules, or the deadline that ends it."""
    return _deadline(View(record, observed, config), decision)


def _deadline(view: View, decision: Decision) -> Decision:
    """8. A deadline replaces a WAIT, or a stop that T3 does not show."""
    if decision.action not in (Action.WAIT, Action.STOP_SESSION) or decision.rule == PEOPLE:
        return decision
    due = past_deadline(
        view.record, view.observed, view.config, turn=view.turn, status=view.status, ci=view.ci
    )
    if isinstance(due, Decision):
        return named_silence(view, due)
    if decision.action is Action.WAIT and decision.until is None:
        return replace(decision, until=due)
    return decision


_BEFORE_TABLE: Final[tuple[Callable[[View], Decision | None], ...]] = (
    _person_acted,
    _needs_human,
    _usage_limit,
    _vanished,
    _zombie,
)
