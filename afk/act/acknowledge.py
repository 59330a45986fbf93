"""Showing on a comment that it was read, before it is acted on.

The reaction comes first and the record after it: a tick that dies in between leaves a comment that
is not answered yet, and the next one reacts again, which changes nothing.
"""

from collections.abc import Iterable

from afk.errors import AfkError, RateLimited, WouldWrite
from afk.observe.tick import Tick
from afk.ports.talk import Reaction
from afk.record.answers import Heard, Word
from afk.types import Issue


def acknowledge(tick: Tick, issue: Issue, heard: Iterable[Heard]) -> None:
    """React to comments that are about to be answered; one that takes no reaction is answered."""
    said = {comment.id: comment for comment in issue.comments}
    for one in heard:
        reaction = Reaction.UNCLEAR if one.word is Word.UNKNOWN else Reaction.SEEN
        try:
            tick.deps.talk.react(issue, said[one.comment], reaction)
        except (RateLimited, WouldWrite):
            raise
        except AfkError as error:
            tick.deps.report.warn(f"a comment takes no reaction: {error}", key=issue.key)
        tick.deps.report.event(f"heard /afk {one.word.value}: {one.reply.value}", key=issue.key)
