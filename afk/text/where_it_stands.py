"""Where a run stands: the words at the top of its comment, and the sentences below them.

Pure. Everything follows from the record, so that nothing here moves with the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.record.state import Purpose, RunRecord, Stage, Turn
from afk.text.cleaning import inert_markdown
from afk.text.details import commit_link
from afk.text.failing import failed_line
from afk.text.outcomes import says
from afk.text.surroundings import Surroundings
from afk.text.times import minutes, span, took
from afk.types import CIStatus

_NO_T3: Final = (
    "It cannot be reached, refuses afk or answers wrongly, or it is another server: afk's log says "
    "which. Whether the agent is at work cannot be told."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A few words for the heading, and what is the case, as Markdown lines."""

    title: str
    lines: tuple[str, ...] = ()


def standing(record: RunRecord, config: Config, around: Surroundings) -> Standing:
    """Return where a run that has not begun to end stands."""
    if record.stage is Stage.APPROVED:
        who = f" by {_named(around.approver)}" if around.approver else ""
        at = minutes(record.approval.at)
        told = f"Approved{who} at {at}. It starts by itself."
        return Standing("Waiting to start", (told,))
    if record.stage is Stage.CLAIMED:
        again = "If that was cut off, it starts once its repository has room."
        return Standing("Starting", (f"The agent is being started. {again}",))
    if unseen_at := record.pauses.unseen_at:
        told = f"T3 has not shown this run since {minutes(unseen_at)}. {_NO_T3}"
        return Standing("T3 is out of sight", (told,))
    if record.pauses.limited_at and record.pauses.next_try:
        return _limited(record.pauses.limited_at, record.pauses.next_try)
    if people_since(record, config, around):
        return Standing("Waiting for people", _on_the_pull(record, around))
    return _at_work(record, config, around)


def people_since(record: RunRecord, config: Config, around: Surroundings) -> datetime | None:
    """Return since when only people can take the run further, None where that is not so.

    A review that is not over yet, or CI of what landed, is nothing for people to deal with; what
    is due then is neither the reminder nor the handing back: see `afk.decide.landing`.
    """
    since, due_at = record.landing.waiting_since, around.until
    if since is None or due_at is None or record.stage is not Stage.RUNNING:
        return None
    waits = {config.review_seconds, config.review_remind_seconds}
    return since if round((due_at - since).total_seconds()) in waits else None


def branch_of(record: RunRecord) -> str:
    """Return the branch that the work is for, as code."""
    return inert_markdown(record.commits.branch, 100) if record.commits.branch else "the branch"


def _named(login: str) -> str:
    return inert_markdown(login, 60)


def _limited(since: datetime, until: datetime) -> Standing:
    told = (
        f"The provider's usage limit was met at {minutes(since)}. At {minutes(until)} "
        f"({span(until - since)} later) the agent is told to go on; no time is counted meanwhile."
    )
    return Standing("Paused by a usage limit", (told,))


def _at_work(record: RunRecord, config: Config, around: Surroundings) -> Standing:
    turn = record.turn
    answering = _answering(record, config, around, turn) if turn is not None else None
    if answering is not None:
        title, told = answering
        return Standing(title, (told, *failed_line(record, around.failed)))
    if not record.commits.pushed:
        again = " again" if turn is not None and turn.purpose is Purpose.RESUME else ""
        return Standing(f"The agent is at work{again}", (_since(record), *_no_pull(record)))
    ci = says(record)
    on = commit_link(record.newest_commit, around.commit_url)
    if ci is CIStatus.RED:
        failed = failed_line(record, around.failed)
        return Standing("CI is red", (f"CI failed on {on}.", *failed))
    if ci is CIStatus.GREEN:
        return Standing("CI is green", (f"CI is green on {on}.", *_on_the_pull(record, around)))
    fixes = record.corrective_turns
    after = f", fix {fixes} of {config.fix_forward_max_attempts}" if fixes else ""
    return Standing(f"CI is running{after}", (_pushed(record, on),))


def _answering(
    record: RunRecord, config: Config, around: Surroundings, turn: Turn
) -> tuple[str, str] | None:
    """Return what the agent was told after its first work, until it has pushed an answer."""
    if turn.outcome is not None or turn.red_commit != record.newest_commit:
        return None
    words = _ASKED.get(turn.purpose)
    if words is None:
        return None
    title, why = words
    most = {
        Purpose.FIX_FORWARD: config.fix_forward_max_attempts,
        Purpose.REVIEW: config.review_turns,
        Purpose.REBASE: config.conflict_turns,
    }[turn.purpose]
    count = record.turns_for(turn.purpose) + (turn.sent_at is None)
    told = f"The agent was told at {minutes(turn.sent_at)}" if turn.sent_at else "The agent is told"
    on = commit_link(record.newest_commit, around.commit_url)
    because = why.format(on=on, branch=branch_of(record))
    return f"{title}, try {count} of {most}", f"{because} {told}."


_ASKED: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.FIX_FORWARD: ("Fixing CI", "CI failed on {on}."),
    Purpose.REVIEW: ("Answering a review", "Reviewers asked for changes."),
    Purpose.REBASE: ("Resolving a conflict", "The pull request conflicts with {branch}."),
}


def _since(record: RunRecord) -> str:
    started_at = record.thread.started_at
    since = f" since {minutes(started_at)}" if started_at else ""
    return f"The agent has been at work{since}. It has pushed nothing yet."


def _no_pull(record: RunRecord) -> tuple[str, ...]:
    """Return the run's own branch, where there is one and no pull request yet."""
    if not record.landing.branch:
        return ()
    return (f"It works on the branch `{record.landing.branch}`; afk opens the pull request.",)


def _pushed(record: RunRecord, on: str) -> str:
    """Return what was pushed where and when."""
    at = record.commits.pushed_at
    when = f" at {minutes(at)}" if at else ""
    length = took(record.thread.started_at, at)
    after = f", {length} after it began" if length else ""
    where = f"`{record.landing.branch}`" if record.landing.branch else branch_of(record)
    if record.landing.merged:
        return f"Merged into {branch_of(record)} as {on}{when}."
    return f"The agent pushed {on} to {where}{when}{after}."


def _on_the_pull(record: RunRecord, around: Surroundings) -> tuple[str, ...]:
    """Return where its pull request is, as one line."""
    landing = record.landing
    if not landing.pull:
        return ()
    link = f"[#{landing.pull}]({around.pull_url})" if around.pull_url else f"`{landing.pull}`"
    if landing.merged:
        merged = commit_link(landing.merged, around.commit_url)
        return (f"Pull request {link} is merged into {branch_of(record)} as {merged}.",)
    return (f"Pull request {link} for {branch_of(record)} is open.",)
