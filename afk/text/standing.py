"""Where a run stands, in a few words for somebody who looks at many of them. Pure."""

from datetime import datetime
from typing import Final

from afk.config import Config
from afk.record.state import Purpose, RunRecord, Stage
from afk.text.messages import headline, minutes

_OF_TURNS: Final = {
    Purpose.FIRST: "the agent is at work",
    Purpose.RESUME: "the agent goes on",
    Purpose.REPLACEMENT: "the agent began anew",
    Purpose.FIX_FORWARD: "fixing CI",
    Purpose.REVIEW: "answering a review",
    Purpose.REBASE: "resolving a conflict with the base branch",
}


def waits(record: RunRecord) -> bool:
    """Say whether nobody is at work on the run, and it is not ending either."""
    if record.stage is not Stage.RUNNING:
        return False
    return record.waits_for_people or record.pauses.waiting_since is not None


def standing(record: RunRecord, config: Config) -> str:
    """Return what a run in flight is at, and since when; no time in it moves with the clock."""
    words, since = _standing(record, config)
    return f"{words}, since {minutes(since)}" if since is not None else words


def _standing(record: RunRecord, config: Config) -> tuple[str, datetime | None]:
    turn, pauses = record.turn, record.pauses
    if record.verdict is not None:
        return f"ending ({headline(record.verdict).lower()})", record.ending.at
    if record.stage is Stage.CLAIMED:
        return "being started", record.thread.claimed_at
    if pauses.unseen_at is not None:
        return "T3 does not show it", pauses.unseen_at
    if pauses.waiting_since is not None:
        until = f" until {minutes(pauses.next_try)}" if pauses.next_try is not None else ""
        return f"the provider's usage limit{until}", pauses.waiting_since
    if record.waits_for_people:
        return "people, to look at its pull request", record.landing.waiting_since
    if turn is None or turn.sent_at is None or turn.outcome is not None:
        if record.newest_commit:
            return "pushed, CI has the word", record.commits.pushed_at
        return "between two steps", turn.outcome_at if turn is not None else None
    words = _OF_TURNS[turn.purpose]
    if turn.purpose is Purpose.FIX_FORWARD:
        words += f", try {record.corrective_turns} of {config.fix_forward_max_attempts}"
    return words, turn.sent_at
