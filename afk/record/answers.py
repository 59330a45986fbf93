"""What a run record remembers of comments that tell afk something (``/afk stop``, and so on).

Pure data. Ids and words of afk's own only, never what somebody wrote. A comment is answered once:
`Answers.upto` is the newest one that was, and ids of comments only rise, on either forge.

``/afk retry`` is an approval: the run that it asks for has a record of its own, whose approval
names the comment in place of an event of the label (`retry_event`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final

from pydantic import AwareDatetime

MAX_HEARD: Final = 5
"""Answers that a run's comment shows."""
MAX_GIVEN: Final = 20
_RETRY: Final = "comment-"


@unique
class Word(StrEnum):
    """What a comment asks for, by its first words; UNKNOWN: afk has no such word."""

    WHY = "why"
    STATUS = "status"
    STOP = "stop"
    RETRY = "retry"
    ANSWER = "answer"
    UNKNOWN = "unknown"


@unique
class Reply(StrEnum):
    """What became of it; `afk.text.answers` has the sentences."""

    SHOWN = "shown"
    STOPPED = "stopped"
    NOT_AT_WORK = "not-at-work"
    RETRIED = "retried"
    AT_WORK = "at-work"
    WAITS = "waits"
    CHANGED = "changed"
    OVERTAKEN = "overtaken"
    CLOSED = "closed"
    NOT_HERE = "not-here"
    SENT = "sent"
    TOO_LATE = "too-late"
    NOTHING_OPEN = "nothing-open"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One comment that was answered, and how."""

    comment: int
    word: Word
    reply: Reply
    at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A request of the agent's that a person's comment answers, not afk."""

    request: str
    comment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The comments that were answered: up to which id, the last of them, and for whom."""

    upto: int = 0
    heard: tuple[Heard, ...] = ()
    given: tuple[Given, ...] = ()

    def having(self, *heard: Heard) -> "Answers":
        """Return these and some more."""
        upto = max([self.upto, *(one.comment for one in heard)])
        return replace(self, upto=upto, heard=(*self.heard, *heard)[-MAX_HEARD:])

    def giving(self, *given: Given) -> "Answers":
        """Return these, and which comment answers which requests."""
        return replace(self, given=(*self.given, *given)[-MAX_GIVEN:])


def retry_event(comment: int) -> str:
    """Return what an approval names that a comment gave, in place of an event."""
    return f"{_RETRY}{comment}"


def retry_comment(event: str) -> int | None:
    """Return the comment that gave an approval, None where the label itself did."""
    number = event.removeprefix(_RETRY)
    return int(number) if number != event and number.isdecimal() else None
