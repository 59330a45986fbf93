"""What happens next, when afk gives up, and how to stop it: for a run that is not over. Pure.

Times are those of the record plus a setting, so they stand still; a clock that stands still (a
usage limit, T3 out of sight) has none that could be said.
"""

from datetime import datetime
from typing import Final

from afk.config import Config
from afk.record.state import Purpose, RunRecord, Stage
from afk.text.outcomes import says
from afk.text.surroundings import Surroundings
from afk.text.times import due, minutes
from afk.text.where_it_stands import branch_of, people_since
from afk.types import CIStatus

_SAID_ALREADY: Final = frozenset(
    {"", "the agent is at work", "the agent is still at work", "CI has not spoken"}
)
_DECIDED: Final = frozenset({CIStatus.GREEN, CIStatus.RED})
_LOOKS: Final = "afk looks again when its schedule or an event wakes it."
_LOOKED: Final = (
    "What it waits for is as of afk's last look. afk looks again when something here changes, and "
    "when this issue may start; until then this comment stays as it is."
)


def next_steps(record: RunRecord, config: Config, around: Surroundings) -> list[str]:
    """Return the lines that say how it goes on."""
    since = people_since(record, config, around)
    people = since is not None
    waiting = around.waiting_for if around.waiting_for not in _SAID_ALREADY else ""
    gives_up = "Approved until" if record.stage is Stage.APPROVED else "Gives up"
    labelled = (
        ("Next", "" if people or waiting else _next(record, config)),
        ("Next" if people else "Waiting", waiting),
        ("At the latest", _odd_time(record, config, around)),
        ("If nobody does", _for_people(record, since, config) if since else ""),
        (gives_up, "" if people else _gives_up(record, config)),
    )
    ready = f"`{config.ready_label}`"
    return [
        *(f"**{label}:** {words}" for label, words in labelled if words),
        f"**To stop it:** comment `/afk stop`, or take {ready} off.",
        _LOOKED if waiting and record.stage is Stage.APPROVED else _LOOKS,
    ]


def _next(record: RunRecord, config: Config) -> str:
    """Return what follows where nothing stands in the way."""
    if record.stage is not Stage.RUNNING or record.pauses.last:
        return ""
    if not record.commits.pushed:
        if record.landing.branch:
            return "it pushes, afk opens a pull request, and CI tests it."
        return f"it pushes to {branch_of(record)}, and CI tests it."
    ci, turn = says(record), record.turn
    if ci is CIStatus.RED:
        return "the agent pushes a fix, and CI runs again."
    if turn is not None and turn.outcome is None and turn.purpose in _ANSWERS:
        return "the agent pushes, and CI runs again."
    if ci is CIStatus.GREEN:
        merge = "the pull request is made ready, reviewed and merged."
        return (
            merge
            if record.landing.branch and not record.landing.merged
            else "afk closes the issue."
        )
    tried, most = record.corrective_turns, config.fix_forward_max_attempts
    fix = f"the agent fixes it, try {tried + 1} of {most}" if tried < most else "handed back to you"
    return f"green: {_when_green(record, config)}; red: {fix}."


_ANSWERS: Final = frozenset({Purpose.REVIEW, Purpose.REBASE})


def _when_green(record: RunRecord, config: Config) -> str:
    if not record.landing.branch or record.landing.merged:
        return "afk closes the issue"
    known = record.repository in config.repositories
    policy = config.merge_of(record.repository) if known else config.merge
    return {
        "human": "somebody reviews and merges it",
        "approved": "once somebody approves it, afk merges it",
        "green": "afk merges it",
    }[policy]


def _gives_up(record: RunRecord, config: Config) -> str:
    """Return by when what has to have happened, else it is handed back."""
    commits, pauses = record.commits, record.pauses
    if record.stage is Stage.APPROVED:
        until = due(record.approval.at, config.approval_max_age, "after the label was put on")
        return f"{until}. After that put the label on again."
    if record.stage is not Stage.RUNNING:
        return ""
    ci = says(record)
    if pauses.unseen_at is not None and (not commits.pushed or ci in _DECIDED):
        since = max(pauses.unseen_at, pauses.next_try or pauses.unseen_at)
        until = due(since, config.unseen_seconds, "out of sight")
        return f"it is handed back to you if T3 does not show it by {until}."
    if pauses.last or ci is CIStatus.GREEN:
        return ""
    if not commits.pushed:
        started_at = record.thread.started_at
        if started_at is None:
            return ""
        until = due(started_at, config.prepush_seconds, "of work")
        return f"it is handed back to you if nothing is pushed by {until}."
    if ci is CIStatus.RED and commits.first_red_at is not None:
        until = due(commits.first_red_at, config.fix_forward_max_seconds, "after CI first failed")
        tries = config.fix_forward_max_attempts
        return f"after try {tries}; no try begins after {until}."
    if ci is None and commits.pushed_at is not None:
        until = due(commits.pushed_at, config.ci_seconds, "after the push")
        return f"it is handed back to you if CI gives no answer by {until}."
    return ""


def _for_people(record: RunRecord, since: datetime, config: Config) -> str:
    """Return when people are reminded and when it is handed back."""
    landing = record.landing
    over = due(since, config.review_seconds, "of waiting")
    if landing.reminded_at is not None:
        return f"it is handed back at {over}. A reminder was sent {minutes(landing.reminded_at)}."
    remind = due(since, config.review_remind_seconds, "of waiting")
    return f"one reminder at {remind}, handed back at {over}."


def _odd_time(record: RunRecord, config: Config, around: Surroundings) -> str:
    """Return by when a wait that says what for is looked at again, where no other line has it.

    A review that has to be silent for a while, a stop that was asked for, a rule asked again.
    """
    until = around.until
    if until is None or around.waiting_for in _SAID_ALREADY or record.stage is not Stage.RUNNING:
        return ""
    if people_since(record, config, around) or record.pauses.next_try is not None:
        return ""
    told = minutes(until)
    return "" if told in _gives_up(record, config) else told
