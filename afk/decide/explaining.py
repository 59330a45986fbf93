"""What becomes of an issue, in one sentence, and what a person can do about it.

Pure. Whether an issue starts is decided elsewhere; here it is put into words.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.decide.decision import Decision
from afk.decide.start_gates import GateAnswer
from afk.record.state import RunRecord, Stage
from afk.text.messages import minutes, way_back, why
from afk.text.overview import at_what, outcome
from afk.text.waits import span
from afk.types import Action, Issue, Verdict

UNTOLD: Final = (
    "It does not start: what the forge or T3 shows of it could not be told. The errors say why."
)
UNTOLD_RUN: Final = "what the forge or T3 shows of it could not be told, as the errors say"
MENDED_FIRST: Final = (
    "The next tick puts it in order first, and decides then: something on it is left over from an "
    "earlier run or is not afk's. Nothing to do."
)
STARTS: Final = "It starts in the next tick."

_ASK_AGAIN: Final = "take `{ready}` off and put it on again"
_BY_ITSELF: Final = "Nothing to do: it starts by itself once"
_ADVICE: Final[Mapping[str, str]] = {
    "kill-switch": "Set `kill_switch: false` to let afk work.",
    "allowlist": "Add the repository to `allowlist` to let afk start runs there.",
    "open": "To run it, reopen it and put `{ready}` on.",
    "not-a-pull-request": "Open an issue for it and put `{ready}` on that.",
    "not-locked": "Unlock the conversation to let it start.",
    "not-archived": "Unarchive the repository to let it start.",
    "readable": "",
    "ready-label": "To start it, put `{ready}` on.",
    "not-handed-back": f"To start it, {_ASK_AGAIN}.",
    "not-run-yet": f"To run it again, {_ASK_AGAIN}.",
    "no-open-blocker": f"{_BY_ITSELF} that is closed.",
    "no-other-pull-request": f"{_BY_ITSELF} that is merged or closed.",
    "repository-free": f"{_BY_ITSELF} that is out of the way.",
    "agent-known": "",
    "provider-open": f"{_BY_ITSELF} that is over.",
    "agent-seen": f"{_BY_ITSELF} T3 answers; the errors say what is wrong with it.",
    "max_in_flight": f"{_BY_ITSELF} another run has ended.",
    "max_dispatch_per_tick": f"{_BY_ITSELF} its turn comes, in a tick after the next.",
    "runs_per_issue": "It starts no more unless `runs_per_issue` is raised.",
    "runs_per_day": f"{_BY_ITSELF} fewer runs were started within 24 hours.",
    "dry-run": "Take AFK_DRY_RUN away to let ticks act.",
}
_APPROVED: Final = f"Somebody who may write to the repository has to {_ASK_AGAIN}."
_MENDS: Final = (": ", "; ")
"""What follows one of these in what a gate says is what mends it."""


def held(answers: Sequence[GateAnswer], config: Config) -> str:
    """Return why an issue does not start, and what a person can do; there is an answer."""
    no = answers[0]
    more = len(answers) - 1
    also = f", and {more} more {'thing holds' if more == 1 else 'things hold'} it" if more else ""
    told = f"It does not start: {no.evidence or f'{no.gate} was not looked at'}{also}."
    return f"{told} {_advice(no, config)}".strip()


def _advice(no: GateAnswer, config: Config) -> str:
    if any(sign in no.evidence for sign in _MENDS) and no.gate != "repository-free":
        return ""
    text = _APPROVED if no.gate == "approved" else _ADVICE.get(no.gate, "")
    return text.format(ready=config.ready_label)


def over(record: RunRecord, issue: Issue, config: Config) -> str:
    """Return what became of an issue whose run is over, and that nobody has asked since."""
    at = record.ending.ended_at or record.ending.at or record.approval.at
    first = "It has landed" if record.verdict is Verdict.DONE else "It does not start"
    ended = f"its last run ended at {minutes(at)} ({outcome(record)})"
    told, back = [f"{first}: {ended}, and nobody has asked since."], ""
    if record.reason is not None:
        back = way_back(record.reason, config)
        told.append(why(record.reason, config))
    back = back or f"To run it again, put `{config.ready_label}` on again."
    closed = [] if issue.open or "reopen" in back else ["It is closed: reopen it first."]
    return " ".join([*told, back, *closed])


def of_run(
    record: RunRecord, decision: Decision | None, config: Config, now: datetime, *, mended: bool
) -> str:
    """Return what a run in flight is at, and what the next tick does about it.

    ``decision`` None: a start or an end is gone on with. ``mended``: something on the issue is put
    in order first.
    """
    begun = record.thread.started_at or record.thread.claimed_at or record.approval.at
    state = at_what(record, config.fix_forward_max_attempts)
    told = f"Its run is in flight since {minutes(begun)} ({span(now - begun)}): {state}."
    first = " puts it in order first, then" if mended else ""
    return f"{told} The next tick{first} {next_step(record, decision, config, now)}"


def next_step(record: RunRecord, decision: Decision | None, config: Config, now: datetime) -> str:
    """Return what the next tick does about a run; continues a sentence that begins with it."""
    if decision is None and record.stage is Stage.CLAIMED:
        return "completes the start, or takes it back where something stands in the way."
    if decision is None:
        return "goes on with its end, which is over once the agent is seen stopped."
    if decision.action is Action.WAIT:
        at = decision.until
        # A deadline that has passed is one that something else keeps from being acted on.
        until = f", until {minutes(at)} ({span(at - now)} from now) at the latest" if at else ""
        return f"waits: {decision.detail}{until if at and at > now else ''}."
    because = f": {why(decision.reason, config)}" if decision.reason is not None else ""
    detail = f" ({decision.detail})" if decision.detail else ""
    return f"{_DOES[decision.action]}{detail}{because or '.'}"


_DOES: Final[Mapping[Action, str]] = {
    Action.WAIT: "waits",
    Action.CLOSE_SUCCESS: "closes the issue",
    Action.ESCALATE_PREPUSH: "hands it back to you",
    Action.FIX_FORWARD: "has the agent fix CI",
    Action.FREEZE_ESCALATE: "hands it back to you",
    Action.RESUME: "tells the agent to go on",
    Action.REDISPATCH: "starts a new thread in place of the one that is lost",
    Action.ANSWER: "tells the agent that nobody is there to answer",
    Action.STOP_SESSION: "stops the agent",
    Action.END_STOPPED: "ends it as stopped",
    Action.END_SUPERSEDED: "ends it in favour of the newer one",
    Action.PARK: "hands it back to you",
    Action.OPEN_PULL: "opens its pull request",
    Action.CLOSE_FOREIGN_PULLS: "closes somebody else's pull request from its branch",
    Action.READY_PULL: "makes its pull request ready for review",
    Action.UPDATE_BRANCH: "brings its branch up to date",
    Action.RERUN_CI: "runs the failed jobs again",
    Action.REBASE: "has the agent rebase its branch",
    Action.REVIEW: "has the agent answer the review",
    Action.MERGE: "merges its pull request",
    Action.REMIND: "reminds people of its pull request",
}
