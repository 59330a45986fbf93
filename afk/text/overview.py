"""What becomes of each issue, as the log, the summary and ``afk status`` show it.

Pure. A row is made from records and gates' answers; its title is other people's text, whole and
merely on one line, for whoever shows it to take out secrets first and to cut it then.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Final, TypedDict

from afk.record.state import Purpose, RunRecord, Stage
from afk.text.cleaning import one_line
from afk.text.messages import minutes
from afk.text.waits import span
from afk.types import IssueKey, Verdict

_TITLE: Final = 1_000
"""Characters of a title: both forges keep at most 255 of what somebody types."""


@unique
class Group(StrEnum):
    """Where an issue stands; told in this order."""

    STARTED = "started"
    WOULD_START = "would-start"
    NEXT = "next"
    WORKING = "working"
    PEOPLE = "waiting-for-people"
    ENDING = "ending"
    WAITING = "waiting"
    ASKS = "asks"
    BACK = "handed-back"
    LANDED = "landed"
    OVER = "stopped"


HEADINGS: Final[Mapping[Group, str]] = {
    Group.STARTED: "Started now",
    Group.WOULD_START: "Would start now",
    Group.NEXT: "Starts in the next tick",
    Group.WORKING: "At work",
    Group.PEOPLE: "Waiting for people",
    Group.ENDING: "Ending",
    Group.WAITING: "Waiting",
    Group.ASKS: "Needs the label again",
    Group.BACK: "Handed back to you",
    Group.LANDED: "Landed",
    Group.OVER: "Stopped",
}
_COUNTED: Final[Mapping[Group, tuple[str, str]]] = {
    Group.NEXT: ("starts in the next tick", "start in the next tick"),
    Group.ASKS: ("needs its label again", "need their label again"),
}


class IssueRow(TypedDict):
    """One issue: ``state`` in words, since when, and all that holds it; "" for what is not known.

    ``since`` is an ISO time, ``elapsed`` the time from then on in words.
    """

    issue: str
    title: str
    url: str
    group: str
    state: str
    since: str
    elapsed: str
    holds: list[str]


def row(
    key: IssueKey,
    title: str,
    web: str,
    group: Group,
    *,
    state: str = "",
    since: datetime | None = None,
    now: datetime | None = None,
    holds: Iterable[str] = (),
) -> IssueRow:
    """Return a row; ``web`` is the forge's address, from which the issue's own follows."""
    return IssueRow(
        issue=str(key),
        title=one_line(title, _TITLE),
        url=f"{web}/{key.repo}/issues/{key.number}" if web else "",
        group=group.value,
        state=state or HEADINGS[group].lower(),
        since=since.isoformat() if since else "",
        elapsed=span(now - since) if since and now else "",
        holds=list(dict.fromkeys(holds)),
    )


def group_of(record: RunRecord) -> Group:
    """Return where a run stands."""
    if record.stage is Stage.ENDED:
        return _ENDED.get(record.verdict or Verdict.STOPPED, Group.OVER)
    if record.stage is Stage.ENDING:
        return Group.ENDING
    if record.stage is Stage.APPROVED:
        return Group.WAITING
    return Group.PEOPLE if record.waits_for_people else Group.WORKING


_ENDED: Final[Mapping[Verdict, Group]] = {
    Verdict.DONE: Group.LANDED,
    Verdict.NEEDS_HUMAN: Group.BACK,
    Verdict.FROZEN: Group.BACK,
}


def at_what(record: RunRecord, fixes: int) -> str:
    """Return what a run is at, in words a newcomer knows; ``fixes``: how many it may make."""
    if record.stage is not Stage.RUNNING:
        return _STAGES.get(record.stage) or outcome(record)
    pull = f" at pull request #{record.landing.pull}" if record.landing.pull else ""
    if record.pauses.unseen_at:
        return "out of sight: T3 does not show it"
    if record.pauses.limited_at:
        again = record.pauses.next_try
        return f"waiting for a usage limit{f' until {minutes(again)}' if again else ''}"
    if record.waits_for_people:
        return f"waiting for people{pull}"
    turn = record.turn
    at_work = turn is None or turn.outcome is None
    if at_work and turn is not None and turn.purpose is Purpose.FIX_FORWARD:
        return f"fixing CI, try {record.corrective_turns} of {fixes}"
    if at_work and turn is not None and turn.purpose in _AT:
        return f"{_AT[turn.purpose]}{pull}"
    if record.newest_commit:
        return f"waiting for CI{pull}"
    return "the agent is at work" if at_work else "the agent has stopped working"


_STAGES: Final[Mapping[Stage, str]] = {
    Stage.APPROVED: "waiting for its turn",
    Stage.CLAIMED: "starting",
}
_AT: Final[Mapping[Purpose, str]] = {
    Purpose.REVIEW: "answering the review",
    Purpose.REBASE: "rebasing",
}


def outcome(record: RunRecord) -> str:
    """Return how a run ended or is ending."""
    ended = _OUTCOMES[record.verdict] if record.verdict is not None else "over"
    return ended if record.stage is Stage.ENDED else f"ending: {ended}"


_OUTCOMES: Final[Mapping[Verdict, str]] = {
    Verdict.DONE: "landed",
    Verdict.NEEDS_HUMAN: "handed back to you",
    Verdict.FROZEN: "CI still red, handed back to you",
    Verdict.STOPPED: "stopped",
    Verdict.SUPERSEDED: "replaced by a newer run",
}


def headline(
    rows: Sequence[IssueRow], *, troubles: int = 0, dry_run: bool = False, recent: str = ""
) -> str:
    """Return all of it in one sentence; ``recent``: within which time the ended ones ended."""
    counts = [_counted(group, rows) for group in Group]
    told = ", ".join(filter(None, counts)) or "nothing is at work and no issue is ready"
    over = {Group.BACK, Group.LANDED, Group.OVER}
    if recent and any(one["group"] in over for one in rows):
        told += f" ({recent})"
    if dry_run:
        told = f"dry run, nothing was written: {told}"
    if troubles:
        told += f"; {troubles} {'thing needs' if troubles == 1 else 'things need'} a look"
    return f"{told[0].upper()}{told[1:]}."


def _counted(group: Group, rows: Sequence[IssueRow]) -> str:
    count = sum(one["group"] == group for one in rows)
    one, many = _COUNTED.get(group, (HEADINGS[group].removesuffix(" now").lower(),) * 2)
    return f"{count} {one if count == 1 else many}" if count else ""
