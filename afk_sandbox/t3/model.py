"""A T3 Code server without a network: commands in, read models out, under a clock passed in.

`T3Model` puts the parts together: `commands` decodes, `decider` decides, `reactor` and `playback`
do what a provider would, `views` spells the result. It answers as the real 0.0.28 and 0.0.32 did
in ``tests/recordings/t3``; `test_sandbox_t3_conformance.py` replays those. Nothing waits: what is
due is done when somebody reads or sends.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from afk_sandbox.agents.script import ScriptingAgent
from afk_sandbox.t3 import commands2, providers2, views, views2
from afk_sandbox.t3.commands import (
    Malformed,
    ProjectCreate,
    ProjectDelete,
    ProjectMetaUpdate,
    ThreadMark,
    parse,
)
from afk_sandbox.t3.decider import Folders, Invalid, Rejected, check, decide
from afk_sandbox.t3.engine2 import Engine2
from afk_sandbox.t3.playback import Playback, Workspace
from afk_sandbox.t3.projection import Projection
from afk_sandbox.t3.reactor import Reactor
from afk_sandbox.t3.runs import RunProjection
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

_OfProjects = ProjectCreate | ProjectDelete | ProjectMetaUpdate
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
    provider instances -> whether their CLI is installed; ``models``: what each of them lists.
    """

    folders: Mapping[str, bool]
    instances: Mapping[str, bool] = field(default_factory=lambda: INSTANCES)
    models: Sequence[str] = ("gpt-fake",)


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
        self._agent = agent
        self._host = host
        projection = Projection(self.state, version, ids)
        playback = Playback(self._schedule, projection, pace, self._workspace)
        starter = Starter(playback, agent, host.instances)
        self._reactor = Reactor(playback, starter)
        runs = RunProjection(self.state, "0.0.33", ids, schedule=self._schedule, settle=pace.settle)
        plays = Playback(self._schedule, runs, pace, self._workspace)
        self._engine = Engine2(self.state, plays, runs, agent, host.instances)

    @property
    def wedged(self) -> bool:
        """Whether the command reactor is blocked until `restart`."""
        self.advance()
        return self._reactor.wedged or self._engine.wedged

    @property
    def protocol(self) -> int:
        """Which orchestration protocol the server speaks."""
        return 2 if self.second else 1

    @property
    def second(self) -> bool:
        """Whether the server speaks protocol 2."""
        return self.version == "0.0.33"

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
        if self.second and not isinstance(command, _OfProjects):
            return self._accept2(command)
        check(command, self.folders)
        if command.command_id in self.state.receipts:
            sequence = self.state.receipts[command.command_id]
            if sequence is None:
                raise Rejected("this command id was rejected before")
            return sequence
        at = self._moment()
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

    def dispatch2(self, body: object) -> int:
        """Accept a command of protocol 2; the same id again returns the same sequence.

        Raises `Malformed` (no receipt), or `Rejected` with the reason (for this id for ever).
        """
        self.advance()
        return self._accept2(commands2.parse(body))

    def create_project(self, body: object) -> Json:
        """Make a project of a folder; raises `Malformed`, `Invalid` or `Rejected`."""
        self.advance()
        command = commands2.project(body)
        check(command, self.folders)
        known = self.state.receipts.get(command.command_id)
        if known is None:
            taken = [
                one.id
                for one in self.state.projects.values()
                if one.workspace_root == command.workspace_root and one.deleted_at is None
            ]
            if taken:
                root = command.workspace_root
                raise Rejected(f"Workspace {root} already belongs to project {taken[0]}.")
            decide(self.state, command, self._moment())
            self.state.receipts[command.command_id] = self.state.sequence
        return views2.project(self.state, command.project_id)

    def _accept2(self, command: commands2.Command2) -> int:
        receipts, name = self.state.receipts, command.command_id
        if name in receipts:
            known = receipts[name]
            if known is None:
                was = f"Command {name} was previously rejected: {self.state.reasons[name]}"
                raise Rejected(was)
            return known
        try:
            self._engine.accept(command, self._moment())
        except Rejected as refused:
            receipts[name], self.state.reasons[name] = None, str(refused)
            raise
        receipts[name] = sequence = self.state.sequence
        return sequence

    def _moment(self) -> datetime:
        self._last = max(self._now(), self._last + _MS)
        return self._last

    def restart(self) -> None:
        """Stop and start the server: agents die, what is shown of them stays, wedges are gone."""
        self.advance()
        if self.second:
            self._engine.restart(self._moment())
        else:
            self._reactor.restart()

    def upgrade(self) -> None:
        """Stop a server of protocol 1 and start one of protocol 2 on a copy of what it knew.

        Threads keep their ids and their messages and have no runs (source,
        LegacyV1ThreadImporter.ts); whatever was at work ended with the old server.
        """
        self.restart()
        self.version = "0.0.33"
        for thread in self.state.threads.values():
            thread.imported = True
            thread.session, thread.latest_turn = None, None
            thread.turns.clear()
            thread.waiting.clear()
            for message in thread.messages.values():
                message.turn_id, message.streaming = None, False

    def config(self) -> Json:
        """Return what protocol 2 says of the server."""
        return providers2.config(self._host.instances, self._host.models, self._now())

    def shell2(self) -> Json:
        """Return protocol 2's shell."""
        self.advance()
        return views2.shell(self.state)

    def thread2(self, thread_id: str) -> Json | None:
        """Return protocol 2's projection of a thread; None if there never was one."""
        self.advance()
        return views2.thread(self.state, thread_id)

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
