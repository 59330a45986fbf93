"""Where the agent contract runs: sandbox T3, cassettes of real T3 servers, a real one.

Behind the real servers stood an agent without a model that obeys words in double brackets, as
the sandbox's does.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from support.agent_words import Overheard, Shown, in_shell
from support.benches import PEOPLE, SECRET, Given, cassette, recorded
from support.cassettes import CASSETTES
from support.no_hands import NoHands
from support.operations import Server
from support.sent import Sent
from support.sockets import Recorder, keep, played, real

from afk.adapters.http import Answer, Http
from afk.adapters.sockets import Connection, Opener
from afk.adapters.t3 import projection, runs
from afk.adapters.t3.mapping import detail
from afk.adapters.t3.wire import Detail, parse
from afk.adapters.t3_client import T3Client
from afk.adapters.tls import tls_context
from afk.model.agent import AgentSnapshot, AgentThread, ThreadDetail
from afk.ports import ThreadSpec
from afk.types import ThreadStatus
from afk_sandbox.agents.scripted import ScriptedAgent
from afk_sandbox.serving import serve
from afk_sandbox.t3.model import Host, T3Model, Token
from afk_sandbox.t3.routes import t3_app
from afk_sandbox.t3.schedule import AT_ONCE, RECORDED

READ_ONLY: Final = "read-only"
_PATIENCE: Final = 40


@dataclass
class _Keeping(Http):
    """Keeps the newest answer to a read, to see the server's own words beside the adapter's."""

    newest: Answer | None = None

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, max_body: int = 0
    ) -> Answer:
        self.newest = super().get(path, params, max_body=max_body)
        return self.newest


@dataclass(kw_only=True)
class AgentBench:
    """A T3 server to ask through the adapter. Ids and times are facts, so that they replay."""

    given: Given
    url: str
    token: str
    workspace: str
    client: httpx.Client
    pause: float
    read_only: Callable[[], str] = lambda: SECRET
    """Returns a token that may read and not operate."""
    open_socket: Opener = real
    sent: Sent = field(default_factory=lambda: Sent(Server.T3))
    opened: list[T3Client] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        """Begin to take down what is sent."""
        self.client.event_hooks["response"].append(self.sent.note)

    def agent(self, token: str | None = None) -> T3Client:
        """Return a fresh adapter."""
        bearer = self.token if token is None else token
        http = _Keeping(
            client=self.client,
            base_url=self.url,
            name="T3",
            authorize=lambda: {"authorization": f"Bearer {bearer}"},
            sleep=lambda _: None,
        )
        moment = self.given("now", lambda _: datetime.now(UTC).isoformat())
        made = T3Client(
            http=http,
            now=lambda: datetime.fromisoformat(moment),
            open_socket=self._overhear,
        )
        self.opened.append(made)
        return made

    def _overhear(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        """Open a socket whose calls are taken down."""
        opened = self.open_socket(url, headers=headers, seconds=seconds, most=most)
        return Overheard(opened, self.sent)

    @property
    def protocol(self) -> int:
        """Return which protocol the server turned out to speak, 0 before anything was asked."""
        return max((one.protocol for one in self.opened), default=0)

    @property
    def over(self) -> tuple[str, ...]:
        """Return how a session shows that nobody is at work after a decline and a stop.

        On protocol 2 a stop ends what runs, and what had come to its end by then stays done.
        """
        return ("stopped", "interrupted", "ready") if self.protocol == 2 else ("stopped",)

    def close(self) -> None:
        """Close every socket."""
        for one in self.opened:
            one.close()

    def id(self) -> str:
        """Return a fresh id, the recorded one with a cassette."""
        self._count += 1
        return self.given(f"id {self._count}", lambda _: str(uuid.uuid4()))

    def project(self) -> str:
        """Return the project of the workspace, created when there is none."""
        agent = self.agent()
        for project in agent.read().projects:
            if project.workspace == self.workspace:
                return project.id
        name = self.id()
        agent.create_project(name, "contract", self.workspace, self.id())
        return name

    def thread(self, *, instance: str = "codex", model: str = "gpt-fake") -> str:
        """Create a thread."""
        spec = ThreadSpec(
            id=self.id(),
            project_id=self.project(),
            title="[afk 00000000] owner/shop#1",
            instance=instance,
            model=model,
        )
        self.agent().create_thread(spec, self.id())
        return spec.id

    def say(self, thread: str, text: str) -> str:
        """Start a turn; returns the message's id."""
        message = self.id()
        self.agent().start_turn(thread, message, text, self.id())
        return message

    def until(
        self, thread: str, wanted: Callable[[Shown], object]
    ) -> tuple[AgentSnapshot, AgentThread]:
        """Read the shell until it shows the thread as wanted, in the server's own words."""
        agent = self.agent()
        for _ in range(_PATIENCE):
            snapshot = agent.read()
            found = snapshot.thread(thread)
            if found is not None and wanted(in_shell(_newest(agent), agent.protocol, thread)):
                return snapshot, found
            time.sleep(self.pause)
        raise AssertionError(f"{thread} never came to be as wanted")

    def until_session(self, thread: str, *words: str) -> tuple[AgentSnapshot, AgentThread]:
        """Read the shell until the thread's session is in one of these states."""
        return self.until(thread, lambda one: one.session in words)

    def status(self, thread: str) -> ThreadStatus | None:
        """Return what became of the newest message's turn, by a clock past every pause."""
        return self.settled(thread).status

    def settled(self, thread: str) -> ThreadDetail:
        """Return the thread with its bodies, by a clock past every pause."""
        agent = self.agent()
        agent.read()
        agent.detail(thread)
        late, data = datetime.max.replace(tzinfo=UTC), _newest(agent)
        if agent.protocol == 1:
            found = detail(parse(Detail, data, "thread").thread, late)
        else:
            found = runs.detail(parse(projection.Detail, data, "thread").projection, late)
        assert found is not None
        return found


def _newest(agent: T3Client) -> Any:
    assert isinstance(agent.http, _Keeping)
    assert agent.http.newest is not None
    return agent.http.newest.json


@contextmanager
def sandbox_agent(version: str) -> Iterator[AgentBench]:
    """A sandbox T3 under the wall's clock."""
    model = T3Model(
        version=version,  # type: ignore[arg-type]  # one of the two literals
        now=lambda: datetime.now(UTC),
        agent=ScriptedAgent(NoHands()),
        tokens={"good": Token(), READ_ONLY: Token(("orchestration:read",))},
        host=Host({"/srv/work": True}),
        pace=RECORDED if version == "0.0.33" else AT_ONCE,
    )
    with serve(t3_app(model)) as url, httpx.Client(timeout=30, verify=tls_context()) as client:
        bench = AgentBench(
            given=Given(object()),
            url=url,
            token="good",
            workspace="/srv/work",
            client=client,
            pause=0.05,
            read_only=lambda: READ_ONLY,
        )
        yield bench
        bench.close()


@contextmanager
def cassette_agent(server: str, name: str) -> Iterator[AgentBench]:
    """A recorded T3."""
    frames = CASSETTES / server / f"{name}.frames.json"
    with (
        cassette(server, name) as given,
        played(frames) as open_socket,
        httpx.Client(timeout=30, verify=tls_context()) as client,
    ):
        yield AgentBench(
            given=given,
            url="http://t3.test",
            token=SECRET,
            workspace=given.facts["workspace"],
            client=client,
            pause=0,
            open_socket=open_socket,
        )


@contextmanager
def live_agent(name: str) -> Iterator[AgentBench]:
    """A real T3: ``AFK_LIVE_T3``, ``AFK_LIVE_T3_TOKEN_FILE``, ``AFK_LIVE_T3_WORKSPACE``."""
    given = Given(object())
    workspace = given("workspace", lambda _: os.environ["AFK_LIVE_T3_WORKSPACE"])
    token = Path(os.environ["AFK_LIVE_T3_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    server = os.environ.get("AFK_RECORD", "")
    recorder = Recorder()
    with recorded(server, name, given), httpx.Client(timeout=30, verify=tls_context()) as client:
        bench = AgentBench(
            given=given,
            url=os.environ["AFK_LIVE_T3"].rstrip("/"),
            token=token,
            workspace=workspace,
            client=client,
            pause=0.3,
            read_only=lambda: _exchanged(os.environ["AFK_LIVE_T3"].rstrip("/"), token),
            open_socket=recorder,
        )
        yield bench
        bench.close()
    if server:
        keep(recorder, CASSETTES / server / f"{name}.frames.json")


def _exchanged(url: str, token: str) -> str:
    """Return a token for ``orchestration:read`` only, got for one that may do everything."""
    kind = "urn:ietf:params:oauth:token-type:access_token"
    people = {PEOPLE: "yes"}
    with httpx.Client(base_url=url, headers=people, timeout=30, verify=tls_context()) as client:
        mine = {"authorization": f"Bearer {token}"}
        pairing = client.post("/api/auth/pairing-token", json={"label": "afk"}, headers=mine)
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": pairing.json()["credential"],
            "subject_token_type": "urn:t3:params:oauth:token-type:environment-bootstrap",
            "requested_token_type": kind,
            "scope": "orchestration:read",
        }
        answer = client.post("/oauth/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])
