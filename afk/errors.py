"""Every exception afk raises on purpose, in one tree.

::

    AfkError                      carries ``cause`` and ``next_step`` for the person who reads it
    ├── UserMustFix               exit code 2: nothing gets better until a person acts
    │   ├── ConfigError           configuration that cannot be used
    │   ├── TokenError            a token is missing, malformed, refused or lacks a scope
    │   ├── RepositoryMoved       a repository was renamed or transferred
    │   └── UnsupportedServer     a server speaks a protocol or version afk does not
    ├── Bug                       exit code 3: anything else, with the places it came through
    ├── WouldWrite                a dry run's answer to a write: told, and no failure
    └── OutsideFailure            exit code 1: a server failed; a later tick may succeed
        ├── Unreachable           refused, timed out, broken off: the effect is unknown
        ├── ServerFault           5xx, or an answer that is not what was asked for
        ├── RateLimited           primary or secondary limit; ``retry_at`` says until when
        ├── NotFound              404 or 410 for something that was expected to exist
        │   ├── NoRepository      a repository, with one that may be meant
        │   └── NoBranch          the branch that work is to land on
        ├── Refused               4xx: the request was understood and declined
        └── TooLarge              an answer past the bound on what is read

Adapters raise these and nothing else. `one_of_many` is how the loops go on when one of many
things fails, and the only place that says what goes through; ``afk.cli`` maps what is left to an
exit code.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from afk.types import IssueKey

Answer = TypeVar("Answer")
_FRAMES: Final = 6
"""Places of its own that afk names in a bug, the innermost: a log line has its length."""


def why_not(error: Exception) -> str:
    """Return what the system says of a file or a program: "no such file or directory"."""
    told = error.strerror if isinstance(error, OSError) else None
    return told[:1].lower() + told[1:] if told else type(error).__name__


class AfkError(Exception):
    """Base of everything afk raises on purpose.

    ``str(error)`` is one line: what happened, the likely cause and the next step.
    """

    exit_code = 1
    usual_cause = ""
    usual_next_step = ""

    def __init__(self, what: str, *, cause: str = "", next_step: str = "") -> None:
        """Keep the three parts apart, so that each surface may lay them out its own way."""
        self.what = what
        self.cause = cause or self.usual_cause
        self.next_step = next_step or self.usual_next_step
        super().__init__(what)

    def __str__(self) -> str:
        """Return the parts that are known, as sentences."""
        parts = [self.what]
        if self.cause:
            parts.append(f"Likely cause: {self.cause}")
        if self.next_step:
            parts.append(f"Next step: {self.next_step}")
        lines = (" ".join(part.split()) for part in parts)
        return " ".join(line if line.endswith((".", "?", "!")) else f"{line}." for line in lines)


class UserMustFix(AfkError):
    """A person has to change something; retrying does not help."""

    exit_code = 2


class ConfigError(UserMustFix):
    """Configuration that cannot be parsed, contradicts itself or asks for what is not built."""


class TokenError(UserMustFix):
    """A token is missing, malformed, refused, or lacks a scope. Never holds the token."""


class RepositoryMoved(UserMustFix):
    """A repository answers under another name than the one configured."""

    def __init__(self, old: str, new: str) -> None:
        """Name both names; nothing is written under either."""
        self.old = old
        self.new = new
        super().__init__(
            f"repository {old} is now {new or 'somewhere else'}",
            cause="it was renamed or transferred",
            next_step=f"replace {old} by {new or 'its new name'} in the allowlist; "
            "a run in flight continues under the new name",
        )


class UnsupportedServer(UserMustFix):
    """A server whose protocol or version afk does not speak."""


class OutsideFailure(AfkError):
    """Something outside failed; the next tick tries again."""

    usual_cause = "the server is in trouble"
    usual_next_step = "wait for the next tick, which tries again; if it stays, look at the server"


class Unreachable(OutsideFailure):
    """Refused, timed out or broken off: whether the request had an effect is unknown."""


class ServerFault(OutsideFailure):
    """A 5xx, or an answer that is not what was asked for (HTML where JSON was expected)."""


class RateLimited(OutsideFailure):
    """A primary or secondary rate limit; ``retry_at`` is None when the server named no time."""

    usual_cause = "the token's request budget is spent, here or in another job"

    def __init__(self, what: str, *, retry_at: datetime | None = None, cause: str = "") -> None:
        """``retry_at`` is an aware datetime, or None."""
        self.retry_at = retry_at
        when = f" not before {retry_at.isoformat()}" if retry_at else ""
        super().__init__(
            what,
            cause=cause,
            next_step=f"nothing to do: a later tick resumes{when}",
        )


class NotFound(OutsideFailure):
    """404 or 410: gone, or hidden from this token."""

    usual_cause = "it was deleted, or is hidden from this token"


class NoRepository(NotFound):
    """A repository that is not there under this name, or that this token may not see."""

    def __init__(self, repo: str, like: str = "") -> None:
        """``like``: one that the token sees and that may be meant, "" for none."""
        self.like = like
        super().__init__(
            f"{repo} cannot be found",
            cause="the name is misspelt, or the token has no access to it",
            next_step=(f"did you mean {like}? If not, " if like else "")
            + "compare the name with the forge, and make the token's account a collaborator there",
        )


class NoBranch(NotFound):
    """The branch that the configuration names, or the default one, is not there."""

    def __init__(self, repo: str, branch: str) -> None:
        """``branch`` is the name that was asked for."""
        super().__init__(
            f"{repo} has no branch {branch}, or this token may not read its code",
            next_step=f"set the branch of {repo} in afk's configuration to one that exists",
        )


class Refused(OutsideFailure):
    """A 4xx that says no; ``status`` and ``body`` (bounded) tell which no."""

    def __init__(self, what: str, *, status: int, body: str = "", next_step: str = "") -> None:
        """``body`` is at most a few hundred characters of the server's answer."""
        self.status = status
        self.body = body
        super().__init__(what, cause=body, next_step=next_step)


class TooLarge(OutsideFailure):
    """An answer past the bound on what afk reads."""

    usual_cause = "an issue, comment or list of unusual size"


class Bug(AfkError):
    """Something broke inside afk; says where, and never the values that were at hand."""

    exit_code = 3

    def __init__(self, error: Exception) -> None:
        """Keep the kind of the error and the places it came through."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [one for one in frames[:-1] if "/afk/" in one.filename][-_FRAMES:]
        places = "; ".join(
            f"{one.filename.rpartition('/')[2]}:{one.lineno} in {one.name}"
            for one in (*own, *frames[-1:])
        )
        super().__init__(
            f"this is a bug in afk: {type(error).__name__} ({places or 'nowhere'})",
            next_step="report it with this line; everything else was gone on with",
        )


def known(error: Exception) -> AfkError:
    """Return the error if afk raised it on purpose, else the bug that it stands for."""
    return error if isinstance(error, AfkError) else Bug(error)


class WouldWrite(AfkError):
    """A write was asked for in a tick that writes nothing (`afk.adapters.dry_run`)."""


class Tells(Protocol):
    """What reports are made to; `afk.ports.Reporter` is one."""

    def event(self, line: str, *, key: IssueKey | None = None) -> None:
        """Something was done, or would be."""

    def error(self, error: Exception, *, key: IssueKey | None = None) -> None:
        """Something failed."""


@dataclass(slots=True)
class Attempt:
    """How one of many things went: it was ``done``, it failed with ``error``, or neither.

    ``told``: in a tick that writes nothing, what would have been done was said instead.
    """

    done: bool = False
    told: bool = False
    error: AfkError | None = None


@contextmanager
def one_of_many(
    report: Tells, key: IssueKey | None = None, *, doing: str = ""
) -> Iterator[Attempt]:
    """Report what keeps this one from being done, so that the others go on.

    A rate limit goes through: whoever is next would only meet it again. A bug in the handling of
    one is reported like a failure, with its own exit code. Where nothing may be written, what
    would have been done is said in the words of ``doing``.
    """
    attempt = Attempt()
    try:
        yield attempt
    except RateLimited:
        raise
    except WouldWrite as refusal:
        report.event(f"would {doing or refusal.what}", key=key)
        attempt.told = True
    except Exception as error:  # noqa: BLE001  a bug in one issue's handling stops no other
        attempt.error = known(error)
        report.error(attempt.error, key=key)
    else:
        attempt.done = True


def answer_or_error(read: Callable[[], Answer]) -> Answer | AfkError:
    """Return what was read, or the error as a value; a rate limit goes through.

    For reads side by side, of which each is reported where its turn comes.
    """
    try:
        return read()
    except RateLimited:
        raise
    except Exception as error:  # noqa: BLE001  likewise
        return known(error)
