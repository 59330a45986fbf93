"""Wakes whoever approved by one new comment, where a run ends in a way that needs a person."""

from typing import Final

from afk.config import Config
from afk.decide.approver import mention_of
from afk.errors import AfkError, RateLimited, WouldWrite
from afk.observe.tick import Tick
from afk.record.state import RunRecord
from afk.text.waking import is_wake, wake_text
from afk.types import Issue, Verdict

COMMENT: Final = "comment"
"""How the record names it among those that were told of a verdict."""
_WAKES: Final = frozenset({Verdict.NEEDS_HUMAN, Verdict.FROZEN})


def wakes(config: Config, verdict: Verdict | None) -> bool:
    """Say whether somebody has to be told of a verdict by a comment of its own."""
    return config.mention and verdict in _WAKES


def wake(tick: Tick, issue: Issue, record: RunRecord, link: str) -> tuple[str, ...]:
    """Post the comment, unless the issue as read just now has it: a tick that died posted it.

    Returns whether it is there, as what the record names it by. What keeps it from being posted
    is told and counted like a doorbell that fails.
    """
    verdict, config = record.verdict, tick.config
    if verdict is None or not wakes(config, verdict):
        return ()
    own = (one for one in issue.comments if one.author.id in tick.forge.own)
    if any(is_wake(one.body, record, verdict) for one in own):
        return (COMMENT,)
    mention = mention_of(issue, record.approval.actor_id)
    text = wake_text(record, verdict, config, mention=mention, link=link)
    try:
        tick.deps.tracker.create_comment(issue, text)
    except (RateLimited, WouldWrite):
        raise
    except AfkError as error:
        tick.deps.report.warn(f"nobody could be told by a comment: {error}", key=issue.key)
        return ()
    tick.deps.report.event("told whoever approved, in a comment", key=issue.key)
    return (COMMENT,)
