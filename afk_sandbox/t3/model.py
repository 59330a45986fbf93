"""A T3 Code server without a network: commands in, read models out, under a clock passed in.

`T3Model` puts the parts together: `commands` decodes, `decider` decides, `reactor` and `playback`
do what a provider would, `views` spells the result. It answers as the real 0.0.28 and 0.0.32 did
in ``tests/recordings/t3``; `test_sandbox_t3_conformance.py` replays those. Nothing waits: what is
due is done when somebody reads or sends.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from afk_sandbox.agents.script import ScriptingAgent
from afk_sandbox.t3 import views
from afk_sandbox.t3.commands import Malformed, ProjectDelete, ThreadMark, parse
from afk_sandbox.t3.decider import Folders, Invalid, Rejected, check, decide
from afk_sandbox.t3.playback import Playback, Workspace
from afk_sandbox.t3.projection import Projection
from afk_sandbox.t3.reactor import Reactor
from afk_sandbox.t3.schedule import AT_ONCE, Pace, Schedule
from afk_sandbox.t3.starts import Starter
from afk_sandbox.t3.state import Json, State, Thread, Version

__all__ = ["FULL_SCOPES", "Host", "Invalid", "Malformed", "Rejected", "T3Model", "Token"]

FULL_SCOPES = (
    "orchestration:read",
    "orchestration:operate",
    "terminal:operate",
    "review:write",
    "relay:read",
    "access:read",
    "access:write",
    "relay:write",
)
"""What ``t3 auth session issue`` grants, always (02-session-bearer)."""

INSTANCES: Mapping[str, bool] = {"codex": True, "claudeAgent": True, "grok": False}

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token's session; ``expires_at`` None: in thirty days, for ever."""

    scopes: tuple[str, ...] = FULL_SCOPES
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """The machine the server runs on.

    ``folders`` that exist -> whether each is a git repository; ``instances``: the configured
    provider instances -> whether their CLI is installed.
    """

    folders: Mapping[str, bool]
    instances: Mapping[str, bool] = field(default_factory=lambda: INSTANCES)


class T3Model:
    """One server. Not safe for threads: everything runs in one event loop or one test."""

    def __init__(
        self,
        *,
        version: Version,
        now: Callable[[], datetime],
        agent: ScriptingAgent,
        tokens: Mapping[str, Token],
        host: Host,
        pace: Pace = AT_ONCE,
        ids: Callable[[], str] = lambda: str(uuid.uuid4()),
        environment_id: str = "5a4db0c5-0000-4000-8000-000000000000",
    ) -> None:
        """Start an empty server.

        ``now``: aware times that never go back. ``tokens``: bearer -> session; take one out to
        revoke it. ``ids`` mints server-side ids and trace ids.
        """
        self.version: Version = version
        self.environment_id = environment_id
        self.tokens = dict(tokens)
        self.folders: Folders = dict(host.folders)
        self.requests: list[tuple[str, str]] = []
        """(method, path) of every request a server in front of this model received."""
        self.state = State()
        self._now = now
        self._ids = ids
        self._last = now() - _MS
        self._pace = pace
        self._schedule = Schedule()
        projection = Projection(self.state, version, ids)
        playback = Playback(self._schedule, projection, pace, self._workspace)
        starter = Starter(playback, agent, host.instances)
        self._reactor = Reactor(playback, starter)

    @property
    def wedged(self) -> bool:
        """Whether the command reactor is blocked until `restart`."""
        self.advance()
        return self._reactor.wedged

    def now(self) -> datetime:
        """Return the time of the clock passed in."""
        return self._now()

    def trace_id(self) -> str:
        """Return an id for an error, 32 hexadecimal digits."""
        return uuid.uuid5(uuid.NAMESPACE_OID, self._ids()).hex

    def advance(self) -> None:
        """Do what is due."""
        until = self._now() + timedelta(seconds=self._pace.lead)
        while (at := self._schedule.take(until)) is not None:
            self._last = max(self._last, at)

    def next_change(self) -> datetime | None:
        """Return when something happens next by itself; None if nothing will."""
        return self._schedule.next()

    def dispatch(self, body: object) -> int:
        """Accept a command and return its sequence; the same id again returns the same one.

        Raises `Malformed` or `Invalid` (no receipt), or `Rejected` (for this id for ever).
        """
        self.advance()
        command = parse(body, self.version)
        check(command, self.folders)
        if command.command_id in self.state.receipts:
            sequence = self.state.receipts[command.command_id]
            if sequence is None:
                raise Rejected("this command id was rejected before")
            return sequence
        at = self._last = max(self._now(), self._last + _MS)
        try:
            decide(self.state, command, at)
        except Rejected:
            self.state.receipts[command.command_id] = None
            raise
        self.state.receipts[command.command_id] = sequence = self.state.sequence
        if isinstance(command, ThreadMark | ProjectDelete):
            self._reactor.bury(list(self.state.threads.values()), at)
        if not isinstance(command, ProjectDelete) and hasattr(command, "thread_id"):
            self._reactor.react(self.state.threads[command.thread_id], command, at)
        return sequence

    def restart(self) -> None:
        """Stop and start the server: agents die, what is shown of them stays, wedges are gone."""
        self.advance()
        self._reactor.restart()

    def environment(self) -> Json:
        """Return the public descriptor."""
        return views.environment(self.version, self.environment_id)

    def shell(self) -> Json:
        """Return projects and threads, archived and deleted ones left out."""
        self.advance()
        return views.shell(self.state, self.version)

    def snapshot(self) -> Json:
        """Return everything, archived and deleted included."""
        self.advance()
        return views.snapshot(self.state, self.version)

    def thread(self, thread_id: str) -> Json | None:
        """Return one thread with bodies; None if unknown, archived or deleted."""
        self.advance()
        return views.thread_detail(self.state, thread_id, self.version)

    def session_of(self, bearer: str) -> Token | None:
        """Return a token's session; None if unknown, revoked or expired."""
        token = self.tokens.get(bearer)
        if token is None or (token.expires_at and token.expires_at <= self._now()):
            return None
        return token

    def _workspace(self, thread: Thread) -> Workspace | None:
        path = thread.worktree_path or self.state.projects[thread.project_id].workspace_root
        return Workspace(path, self.folders[path]) if path in self.folders else None
