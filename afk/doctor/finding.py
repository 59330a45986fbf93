"""What a check says of an installation. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

from afk.errors import AfkError, UserMustFix


@unique
class State(StrEnum):
    """How it is. OFF: a person has switched it off; NO_ANSWER: a server failed, which may pass."""

    GOOD = "good"
    WRONG = "wrong"
    NO_ANSWER = "no answer"
    UNTOLD = "cannot be told"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Unasked:
    """Stands in place of a fact that nobody asked for, and says why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found of one thing.

    ``about`` is the repository, "" where it is about all of them; ``fix`` is the next step.
    ``check`` is filled in by `afk.doctor.table`.
    """

    state: State
    what: str
    cause: str = ""
    fix: str = ""
    about: str = ""
    check: str = ""


def good(what: str, about: str = "") -> Finding:
    """Return that it is as it should be."""
    return Finding(state=State.GOOD, what=what, about=about)


def wrong(what: str, fix: str, about: str = "") -> Finding:
    """Return what a person has to mend."""
    return Finding(state=State.WRONG, what=what, fix=fix, about=about)


def untold(why: str, about: str = "", fix: str = "") -> Finding:
    """Return why it cannot be told."""
    return Finding(state=State.UNTOLD, what=why, about=about, fix=fix)


def unread(fact: AfkError | Unasked, about: str = "") -> Finding:
    """Return what stands in place of a fact: a person's to mend, a server's failure, or unasked."""
    if isinstance(fact, Unasked):
        return untold(fact.why, about)
    state = State.WRONG if isinstance(fact, UserMustFix) else State.NO_ANSWER
    return Finding(state=state, what=fact.what, cause=fact.cause, fix=fact.next_step, about=about)


def several(errors: tuple[UserMustFix, ...]) -> Iterator[Finding]:
    """Yield mistakes one by one."""
    return (unread(error) for error in errors)
