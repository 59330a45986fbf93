"""T3 Code behind the port `afk.ports.Agent`, in whichever protocol the server speaks.

Owns which protocol that is, decided once a client, so once a tick; what is said in it is
`afk.adapters.t3.protocol1`'s and `afk.adapters.t3.protocol2`'s. Nothing is configured: a server
that was upgraded under a run keeps its thread ids and its environment id, and the next tick goes on
in the other protocol.

How it is told, first match wins:

1. ``GET /.well-known/t3/environment`` (no token) names it in ``orchestrationProtocolVersion``; 2 is
   protocol 2, absent or 1 is protocol 1, anything else is refused.
2. Builds of protocol 2 before its merge name nothing: their shell has a shape of its own, and so
   have their threads (`afk.adapters.t3.projection.is_protocol_2`).
3. A read that is refused with 400 and nothing, no address for commands: asked once more in
   protocol 2, and refused, naming what is supported, if that does not do either.

A server that turns out to speak another protocol in the middle of a tick, after it was read in the
first one, is T3's trouble: nothing is sent twice in two languages, the next tick decides afresh.

Source: https://github.com/pingdotgg/t3code,
packages/client-runtime/src/connection/compatibility.ts.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from afk.adapters.http import Answer, Http
from afk.adapters.sockets import Opener, opener
from afk.adapters.t3.errors import OtherProtocol, failure, protocol_closed, unsupported
from afk.adapters.t3.projection import is_protocol_2
from afk.adapters.t3.protocol1 import Protocol1
from afk.adapters.t3.protocol2 import HEADER, Protocol2
from afk.adapters.t3.providers import facts
from afk.adapters.t3.reading import SHELL
from afk.adapters.t3.rpc import Rpc
from afk.adapters.t3.wire import Descriptor, SessionShown, parse
from afk.adapters.tls import tls_context
from afk.errors import AfkError, ServerFault
from afk.model.agent import AgentSnapshot, PendingRequest, ThreadDetail
from afk.model.installation import ProviderFacts, ServerSession
from afk.ports import ThreadSpec

_DESCRIPTOR: Final = "/.well-known/t3/environment"
_SESSION: Final = "/api/auth/session"
_SECOND: Final = 2

Result = TypeVar("Result")
Spoken = Protocol1 | Protocol2


def _no_proxy(url: str) -> None:
    """Name no proxy for an address."""
    del url


@dataclass(kw_only=True)
class T3Client:
    """One T3 Code server; safe to use from several threads at once, one thread of T3's by one.

    ``now`` returns aware UTC datetimes; it stamps commands, and stands in for T3's clock where an
    answer carries no Date. ``open_socket`` is only used where protocol 2 is to be written in.
    """

    http: Http
    now: Callable[[], datetime]
    open_socket: Opener = field(default_factory=lambda: opener(_no_proxy, tls_context))
    _spoken: Spoken = field(init=False, repr=False)
    _descriptor: Descriptor | None = None
    _needed: bool = False
    _unmet: AfkError | None = field(default=None, repr=False)
    _heard: bool = False
    """The server was read in the protocol that was decided on."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Begin in protocol 1: a server of another one does nothing about it."""
        self._spoken = Protocol1(http=self.http, now=self.now, environment=self._environment)

    @property
    def protocol(self) -> int:
        """Return which protocol the server is spoken to in."""
        return 2 if isinstance(self._spoken, Protocol2) else 1

    def meet(self) -> None:
        """Ask who the server is, ahead of need; what fails is raised to whoever asks first.

        Who has needed it before has asked by himself.
        """
        with self._lock:
            if self._needed:
                return
            try:
                self._ask_who()
            except AfkError as error:
                self._unmet = error

    def read(self) -> AgentSnapshot:
        """Return projects and threads, archived and deleted ones left out.

        Raises `UnsupportedServer` for another protocol, `TokenError`, or `OutsideFailure`.
        """
        shown = self._ask(lambda spoken: spoken.read(), lambda spoken, shell: spoken.shown(shell))
        self._heard = True
        return shown

    def whole(self, thread_id: str) -> AgentSnapshot:
        """Return the same from a second source, archived and deleted threads included."""
        return self._ask(
            lambda spoken: (
                spoken.whole(thread_id) if isinstance(spoken, Protocol2) else spoken.whole()
            )
        )

    def detail(self, thread_id: str) -> ThreadDetail | None:
        """Return a thread with its messages and state; None when unknown, archived or deleted."""
        return self._ask(lambda spoken: spoken.detail(thread_id))

    def check_provider(self, instance: str, model: str) -> None:
        """Raise `UserMustFix` where the server shows that it cannot run this agent.

        Protocol 1 does not show it over HTTP: there the first turn fails.
        """
        if isinstance(self._spoken, Protocol2):
            self._spoken.check_provider(instance, model)

    def session(self) -> ServerSession:
        """Return what T3 knows of the token; anybody may ask, and is told so."""
        answer = self.http.get(_SESSION)
        if not answer.ok:
            raise failure(answer, "asking about the token")
        shown = parse(SessionShown, answer.masked, "session")
        return ServerSession(
            known=shown.authenticated, scopes=shown.scopes, expires_at=shown.expires_at
        )

    def providers(self) -> Sequence[ProviderFacts] | None:
        """Return T3's agents; None in protocol 1, which does not show them over HTTP."""
        spoken = self._spoken
        return facts(spoken.config()) if isinstance(spoken, Protocol2) else None

    def create_project(self, project_id: str, title: str, workspace: str, command: str) -> None:
        """Create a project for a folder that exists on T3's host."""
        self._ask(lambda spoken: spoken.create_project(project_id, title, workspace, command))

    def create_thread(self, spec: ThreadSpec, command: str) -> int:
        """Create a thread; returns the sequence a snapshot must reach to show it."""
        return self._ask(lambda spoken: spoken.create_thread(spec, command))

    def start_turn(self, thread_id: str, message_id: str, text: str, command: str) -> None:
        """Send a user message, which starts a turn."""
        self._ask(lambda spoken: spoken.start_turn(thread_id, message_id, text, command))

    def stop(self, thread_id: str, command: str) -> None:
        """Stop what is at work in the thread; that it stopped is seen by reading."""
        self._ask(lambda spoken: spoken.stop(thread_id, command))

    def set_archived(self, thread_id: str, command: str, *, archived: bool) -> None:
        """Archive a thread, or take it back; `Refused` when it is so already."""
        self._ask(lambda spoken: spoken.set_archived(thread_id, command, archived=archived))

    def decline(self, thread_id: str, request: PendingRequest, command: str) -> None:
        """Say no to an approval; tell a question that nobody is there."""
        self._ask(lambda spoken: spoken.decline(thread_id, request, command))

    def answer(self, thread_id: str, request: PendingRequest, text: str, command: str) -> None:
        """Answer every question of a request with the text; an approval is declined."""
        self._ask(lambda spoken: spoken.answer(thread_id, request, text, command))

    def delete_thread(self, thread_id: str, command: str) -> None:
        """Delete a thread; one already gone is no error."""
        self._ask(lambda spoken: spoken.delete_thread(thread_id, command))

    def close(self) -> None:
        """Close the socket, if one was opened."""
        if isinstance(self._spoken, Protocol2):
            self._spoken.close()

    def _ask(
        self,
        act: Callable[[Spoken], Result],
        take: Callable[[Protocol2, Answer], Result] | None = None,
    ) -> Result:
        """Return what a protocol says, the other one's word where the first turns out wrong.

        ``take`` makes use of a shell that was read before it was known whose it is.
        """
        try:
            return act(self._spoken)
        except OtherProtocol as other:
            shell = other.shell
        if self._heard:
            raise ServerFault(
                f"{self.http.name} changed its orchestration protocol in the middle of a tick",
                cause="it was upgraded just now",
                next_step="nothing to do: the next tick goes on where this one stopped",
            )
        second, shell = self._other(shell)
        return act(second) if take is None or shell is None else take(second, shell)

    def _described(self) -> Descriptor:
        """Return what the server says of itself to anybody, asked once."""
        with self._lock:
            self._needed = True
            unmet, self._unmet = self._unmet, None
            if unmet is not None:
                raise unmet
            return self._ask_who()

    def _ask_who(self) -> Descriptor:
        if self._descriptor is None:
            answer = self.http.send("GET", _DESCRIPTOR, repeat=True, anonymous=True)
            if not answer.ok:
                raise failure(answer, "reading the descriptor")
            found = parse(Descriptor, answer.masked, "descriptor")
            version = found.orchestration_protocol_version
            if version not in (None, 1, 2):
                raise unsupported(f"{self.http.name} speaks orchestration protocol {version}")
            self._descriptor = found
        return self._descriptor

    def _environment(self) -> str:
        """Return which server it is, to protocol 1; `OtherProtocol` if it names the other one."""
        found = self._described()
        if found.orchestration_protocol_version == _SECOND:
            raise OtherProtocol
        return found.environment_id

    def _other(self, shell: Answer | None) -> tuple[Protocol2, Answer | None]:
        """Return protocol 2 for a server that does not speak protocol 1, if it speaks that.

        With it comes its shell, where that had to be read to find out.
        """
        described = self._described()
        with self._lock:
            if isinstance(self._spoken, Protocol2):
                return self._spoken, None  # another question came to it first
            second = self._second(described.environment_id)
            if described.orchestration_protocol_version != _SECOND:
                shell = shell or self.http.get(SHELL)
                if protocol_closed(shell) or (shell.ok and not is_protocol_2(_data(shell))):
                    raise unsupported(f"{self.http.name} speaks neither protocol of T3 Code's")
                if not shell.ok:
                    raise failure(shell, "reading the threads")
            self._spoken = second
            return second, shell

    def _second(self, environment: str) -> Protocol2:
        self.http.headers = {**self.http.headers, HEADER: "2"}
        rpc = Rpc(http=self.http, open_socket=self.open_socket)
        return Protocol2(http=self.http, now=self.now, environment=environment, rpc=rpc)


def _data(answer: Answer) -> Any:
    """Return the JSON of an answer, nothing for a page of something else."""
    return answer.masked if answer.is_json else None
