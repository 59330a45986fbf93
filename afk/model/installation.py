"""Nouns of an installation: what afk was given, and what a forge and T3 show of it.

Pure data. What is wrong with it is `afk.doctor`'s business.
"""

from dataclasses import dataclass, field
from datetime import datetime

from afk.config import Config
from afk.errors import UserMustFix
from afk.types import Account


@dataclass(frozen=True, slots=True)
class Gate:
    """One of the two switches that keep afk from doing anything.

    ``says``: which place says so, as part of a sentence; ``fix``: how to open it.
    """

    shut: bool
    says: str
    fix: str = ""

    @property
    def told(self) -> str:
        """Return why nothing happens and what to do about it, in a line; "" where it is open."""
        next_step = f"To arm afk, {self.fix}; `afk doctor` looks everything over first"
        return f"({self.says}). {next_step}" if self.shut else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the process was given, right or wrong.

    ``config`` is what can be made of it. ``problems`` are the configuration's, ``variables`` are
    variables of the environment that mean nothing, ``state_key`` what is wrong with the key that
    signs records, ``unsigned`` that there is none. ``token_from``: the variable that the forge's
    token was read from. ``doorbells``: kind -> the variable that its address was read from, of
    those that have one; ``useless``: variables of doorbells that ring nothing. ``workflow``: the
    workflow that runs this, "" outside of a runner.
    """

    config: Config
    kill_switch: Gate
    allowlist: Gate
    problems: tuple[UserMustFix, ...] = ()
    variables: tuple[UserMustFix, ...] = ()
    state_key: UserMustFix | None = None
    unsigned: bool = False
    token_from: str = ""
    doorbells: dict[str, str] = field(default_factory=dict)
    useless: tuple[str, ...] = ()
    workflow: str = ""

    @property
    def repositories(self) -> tuple[str, ...]:
        """Return the repositories to look at: enrolled ones, and those only set up so far."""
        return tuple(dict.fromkeys((*self.config.watched, *self.config.repositories)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What a forge shows of a token.

    ``account`` None: it does not tell whose it is, for want of ``lacks``. ``kind`` in words, ""
    where it does not show. ``scopes`` None: not shown. ``lacks``: scopes that it shows to be
    missing. ``expires_at`` None: never, or not shown. ``server_now``: the forge's own clock.
    """

    account: Account | None
    kind: str = ""
    scopes: tuple[str, ...] | None = None
    lacks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    server_now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFacts:
    """A repository as it is set up; ``may_write`` None: the forge does not tell this token.

    ``has_pulls`` False: pull requests are switched off there.
    """

    name: str
    default_branch: str
    archived: bool = False
    has_issues: bool = True
    has_pulls: bool = True
    may_write: bool | None = None


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A workflow's run that no runner has taken, and since when."""

    workflow: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSession:
    """What T3 shows of the token it was asked with."""

    known: bool
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """One agent that T3 has, by the name it is picked with.

    ``trouble``: why it cannot work, "" where nothing shows; ``models`` empty: T3 lists none.
    """

    instance: str
    models: tuple[str, ...] = ()
    trouble: str = ""
