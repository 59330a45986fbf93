"""A whole world on loopback: a forge, a T3 server, one clock, and afk run against them.

Used by the demo and by the tests of the loops. afk runs through its own command line, which is
handed over, with real HTTP in between (or none, see `afk_sandbox.in_process`); only clock and sleep
are the world's. A scenario acts on the models between ticks, as people would.
"""

import importlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from afk import types
from afk.environment.process import Outside
from afk.record.label_mark import WORDS, Home, describe
from afk.record.state import Keys
from afk.types import Forge
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.faults import App, FaultGate, FaultHook, no_faults
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Account, AccountKind, Issue, Repository
from afk_sandbox.forge.request_log import Logged, RequestLog
from afk_sandbox.forgejo.routes import forgejo_app
from afk_sandbox.github import ids
from afk_sandbox.github.routes import github_app
from afk_sandbox.in_process import NETWORK, InProcess
from afk_sandbox.people import People
from afk_sandbox.serving import serve
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.routes import t3_app
from afk_sandbox.working_copies import WorkingCopies

READY: Final = "ready-for-agent"
IN_PROGRESS: Final = "agent-in-progress"
HUMAN: Final = "ready-for-human"
TRACKED: Final = "agent-tracked"
START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

T3S: Final = {Forge.GITHUB: "0.0.33", Forge.FORGEJO: "0.0.32"}
"""Beside each forge a T3 of another protocol: afk finds out by itself which it is."""

PLAYED_T3: ContextVar[str] = ContextVar("PLAYED_T3", default="0.0.32")
"""Which T3 a world has that names none; 0.0.33 speaks protocol 2."""

CommandLine = Callable[[Sequence[str], Outside], int]
"""Runs one afk command, by its arguments and what its process is given; returns the exit code."""


def command_line() -> CommandLine:
    """Return afk's own command line, for a world that was handed none.

    Found by name when it is first needed: the command line knows the sandbox, never the reverse.
    """
    found: CommandLine = importlib.import_module("afk.cli").main
    return found


@dataclass
class Clock:
    """The world's time; it moves when a scenario says so, and when somebody sleeps."""

    moment: datetime = START

    def now(self) -> datetime:
        """Return the time."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let time pass instead of waiting."""
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Ticked:
    """What one command did: its exit code, what it printed, and its JSON where asked for."""

    exit_code: int
    output: str

    @property
    def document(self) -> dict[str, Any]:
        """Return the JSON document of a command run with ``--json``."""
        data: dict[str, Any] = json.loads(self.output)
        return data


@dataclass(kw_only=True)
class World:
    """One forge, one T3, afk's configuration, and the people.

    ``main`` is what a command runs; None is afk's own command line. ``network``: where its servers
    are, None on ports. ``threads``: reads go side by side, as they do for real.
    """

    kind: Forge
    clock: Clock
    forge: ForgeModel
    t3: T3Model
    owner: Account
    stranger: Account
    bot: Account
    environ: dict[str, str]
    settings: dict[str, Any]
    log: RequestLog
    t3_log: RequestLog
    main: CommandLine | None = None
    network: InProcess | None = field(default_factory=NETWORK.get)
    threads: bool = True
    faults: dict[str, FaultHook] = field(default_factory=dict)

    @property
    def people(self) -> People:
        """Return who acts on pull requests in this world."""
        return People(self.forge, self.owner, self.stranger)

    def repository(self, name: str, **settings: Any) -> Repository:
        """Create an allowlisted repository of the owner, its labels, and its folder on T3's host.

        ``settings`` go into the repository's part of afk's configuration.
        """
        private = bool(settings.pop("private", False))
        repo = self.forge.add_repository(self.owner, name, private=private)
        for label in (READY, IN_PROGRESS, HUMAN, TRACKED):
            self.forge.define_label(repo, label)
        self.vouch(repo)
        for account in (self.bot, self.forge.account("agent")):
            if account is not None:
                self.forge.set_access(repo, account, "write")
        self.forge.push(repo, repo.default_branch, "begin\n\nCI: none", self.owner)
        full = f"{self.owner.login}/{name}"
        folder = f"/srv/{name}"
        self.t3.folders[folder] = True
        self.settings["allowlist"].append(full)
        self.settings["repositories"][full] = {"workspace": folder, **settings}
        return repo

    def vouch(self, repo: Repository) -> None:
        """Let afk have known the ready label for a day, as where it has been at work before."""
        address = urlsplit(self.settings["forge_url"])
        home = Home(address.netloc, types.Repository(repo.id, repo.full_name))
        keys = Keys(current=self.environ.get("AFK_STATE_KEY", "").strip().encode())
        since = self.clock.now() - timedelta(days=1)
        for one in self.forge.labels_named(repo, [READY]):
            if self.kind is Forge.FORGEJO:
                label = types.Label(one.name, one.id, WORDS)
                one.description = describe(home, label, since, keys)

    def issue(self, repo: Repository, title: str, body: str, *, ready: bool = True) -> Issue:
        """Open an issue by the owner, labelled ready a minute later."""
        issue = self.forge.open_issue(repo, title, self.owner, body=body)
        if ready:
            self.clock.sleep(60)
            self.forge.add_label(issue, READY, self.owner)
        return issue

    def run(
        self,
        *arguments: str,
        transport: httpx.BaseTransport | None = None,
        ahead: float = 0,
        inputs: Mapping[str, str] | None = None,
    ) -> Ticked:
        """Run one afk command.

        Its clock is ``ahead`` of the world's by so many seconds; ``inputs`` are what the
        environment has for this one alone.
        """
        runners = _ahead(self.clock.now, ahead)
        out = io.StringIO()
        through = transport or self.network
        environ = {**self.environ, "AFK_CONFIG": json.dumps(self.settings), **(inputs or {})}
        outside = Outside(
            environ=environ,
            stdout=out,
            now=runners,
            sleep=self.clock.sleep,
            transport=through,
            one_by_one=not self.threads,
            sockets=getattr(through, "open_socket", getattr(self.network, "open_socket", None)),
        )
        main = self.main or command_line()
        code = main(arguments, outside)
        return Ticked(code, out.getvalue())

    def tick(self, *arguments: str, after: float = 60) -> Ticked:
        """Let time pass, then tick."""
        self.clock.sleep(after)
        self.t3.advance()
        return self.run("tick", *arguments)

    def node(self, issue: Issue) -> str:
        """Return the issue's node id as the forge shows it, "" where it has none."""
        return ids.issue(issue) if self.kind is Forge.GITHUB else ""

    def requests(self) -> tuple[int, int]:
        """Return how many requests the forge and T3 have had."""
        return len(self.log), len(self.t3_log)


def _ahead(now: Callable[[], datetime], seconds: float) -> Callable[[], datetime]:
    """Return a clock that is ahead of another one, or behind it."""
    return (lambda: now() + timedelta(seconds=seconds)) if seconds else now


@contextmanager
def world(
    kind: Forge,
    *,
    t3_version: str = "",
    around: Callable[[App], App] = lambda app: app,
    run: CommandLine | None = None,
    forge_ahead: float = 0,
    t3_ahead: float = 0,
    **options: Any,
) -> Iterator[World]:
    """Bring up a forge of this kind and a T3 server, both empty, and yield them with afk.

    ``t3_version`` "" is what `PLAYED_T3` says; ``around`` wraps both servers, to make them slow for
    instance; ``run`` is what a command runs, afk's own command line unless given; ``forge_ahead``
    and ``t3_ahead``: seconds by which the servers' clocks are ahead; ``options``: the T3 model's.
    """
    clock = Clock()
    forge = ForgeModel(_ahead(clock.now, forge_ahead))
    owner = forge.add_account("owner")
    bot_kind = AccountKind.BOT if kind is Forge.GITHUB else AccountKind.USER
    bot = forge.add_account("afk-bot", kind=bot_kind)
    stranger = forge.add_account("stranger")
    agent = forge.add_account("agent")
    t3 = T3Model(
        version=t3_version or PLAYED_T3.get(),  # type: ignore[arg-type]  # one of the literals
        now=_ahead(clock.now, t3_ahead),
        agent=ScriptedAgent(WorkingCopies(forge), actor=agent.login),
        tokens={"sandbox-t3-token": Token()},
        host=Host({}),
        **options,
    )
    log = RequestLog()
    faults: dict[str, FaultHook] = {}

    def hook(server: str) -> FaultHook:
        # Looked up per request: a scenario switches faults on and off.
        return lambda method, path: faults.get(server, no_faults)(method, path)  # noqa: PLW0108

    with ExitStack() as stack:
        build = forgejo_app if kind is Forge.FORGEJO else github_app
        forge_app = build(forge, faults=hook("forge"), log=log)
        forge_url = stack.enter_context(serve(around(forge_app)))
        t3_log = RequestLog()
        gate = FaultGate(t3_app(t3), hook("t3"))
        t3_url = stack.enter_context(serve(around(Logged(gate, t3_log))))
        api = "/api/v1" if kind is Forge.FORGEJO else "/api/v3"
        yield World(
            kind=kind,
            clock=clock,
            forge=forge,
            t3=t3,
            owner=owner,
            stranger=stranger,
            bot=bot,
            log=log,
            t3_log=t3_log,
            main=run,
            faults=faults,
            environ={
                "AFK_TOKEN": forge.token_for(bot),
                "AFK_T3_TOKEN": "sandbox-t3-token",
                "AFK_STATE_KEY": "sandbox-state-key-0123456789",
                "AFK_KILL_SWITCH": "false",
            },
            settings={
                "kill_switch": False,
                "forge_url": forge_url + api,
                "t3": {"url": t3_url, "model": "gpt-fake"},
                "allowlist": [],
                "repositories": {},
            },
        )
