"""Calls to T3 Code over its socket: one socket for as long as it holds, each call exactly once.

Several threads call at once, as T3's own page does: every answer names its call. Whichever of them
reads next hands the others what is theirs.

Owns the ticket, the socket, and what is done when an answer is lost: the socket is opened afresh
and the very same call is sent again, since T3 knows a command by its id and does it once
(``30-5-same-commandId-same-body``, ``60-*-same-commandId-after-restart``; a command whose socket
closes before the answer is carried out all the same, ``46-fire-and-forget``). Every loss is
treated alike: closed, silent, a frame past the bound, a frame that T3 or afk cannot read. All
calls that wait on a socket are lost with it.

Final, and never asked again: an upgrade refused with 426 (another protocol), a method that T3
does not know. The address of the socket holds the ticket and is never told.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import quote

import httpx

from afk.adapters.http import Answer, Http
from afk.adapters.parsing import each_text, whole_characters
from afk.adapters.sockets import Connection, Opener, SocketLost, SocketRefused
from afk.adapters.t3.errors import failure, protocol_refused, scope_missing, unsupported
from afk.adapters.t3.exits import Done, Failed, Untold, outcome, request
from afk.adapters.t3.wire import Ticket, parse
from afk.errors import Unreachable

TICKET: Final = "/api/auth/websocket-ticket"
SOCKET: Final = "/ws"
_OPENING_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 20.0
_PAUSES: Final = (0.3, 1.0)
_SILENCE: Final = "silence"
_UNKNOWN: Final = "Unknown request tag"
_TOKENS: Final = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@dataclass(kw_only=True)
class _Line:
    """One open socket, and how each call on it ended so far; ``lost``: why it is no more."""

    connection: Connection
    clock: Callable[[], float]
    mask: Callable[[str], str]
    lost: str = ""
    _ended: dict[str, Done | Failed | Untold | None] = field(default_factory=dict)
    _read_by_one: bool = False
    _news: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def ask(self, call: str, text: str, seconds: float) -> Done | Failed | Untold:
        """Send a call and return how it ended, `Untold` past the time."""
        with self._news:
            self._ended[call] = None
        try:
            self.connection.send(text)
        except SocketLost as lost:
            return Untold(str(lost))
        until = self.clock() + seconds
        while True:
            with self._news:
                while self._read_by_one and self._ended[call] is None and self.clock() < until:
                    self._news.wait(until - self.clock())
                ended = self._ended[call]
                if ended is not None:
                    return ended
                if self.lost or self.clock() >= until:
                    return Untold(self.lost or _SILENCE)
                self._read_by_one = True
            self._read(until - self.clock())

    def _read(self, seconds: float) -> None:
        """Read one frame for whomever it is."""
        frame, lost = "", ""
        try:
            frame = self.mask(self.connection.recv(seconds))
        except SocketLost as error:
            lost = str(error)
        except TimeoutError:
            lost = _SILENCE
        finally:
            with self._news:
                self._read_by_one = False
                self.lost = self.lost or lost
                waiting = [call for call, ended in self._ended.items() if ended is None]
                for call in waiting if frame else ():
                    self._ended[call] = outcome(frame, call)
                self._news.notify_all()


@dataclass(kw_only=True)
class Rpc:
    """One server's socket, opened at the first call; safe to use from several threads."""

    http: Http
    open_socket: Opener
    _line: _Line | None = None
    _calls: Iterator[int] = field(default_factory=lambda: count(1), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def call(self, tag: str, payload: Any, doing: str) -> Done | Failed:
        """Return how a call ended, sending the same one again while that is unknown.

        Raises `Unreachable` when it stays unknown, `TokenError`, or `UnsupportedServer`.
        """
        sent = each_text(payload, lambda text: self.http.mask(whole_characters(text)))
        why = ""
        with self.http.patience as until:
            for pause in (0.0, *_PAUSES):
                if why:
                    self.http.sleep(pause)
                if self.http.patience.left(until) <= 0:
                    break
                ended = self._once(tag, sent, until)
                if not isinstance(ended, Untold):
                    return self._checked(ended, doing)
                why = ended.why
        raise Unreachable(
            f"{doing}: T3 Code's socket gave no answer ({why or 'no time left'})",
            cause="the server restarts, a gateway in front of it takes no WebSocket, or the "
            "network is in trouble",
            next_step="nothing to do: a later tick asks again, and nothing is done twice",
        )

    def close(self) -> None:
        """Close the socket if one is open."""
        if self._line is not None:
            self._hang_up(self._line)

    def _once(self, tag: str, payload: Any, until: float) -> Done | Failed | Untold:
        patience, call = self.http.patience, str(next(self._calls))
        try:
            line = self._opened(patience.left(until))
        except SocketLost as lost:
            return Untold(str(lost))
        self.http.count()
        seconds = min(_ANSWER_SECONDS, patience.left(until))
        ended = line.ask(call, json.dumps(request(call, tag, payload)), seconds)
        if isinstance(ended, Untold):
            self._hang_up(line)
        return ended

    def _opened(self, seconds: float) -> _Line:
        """Return the open socket, else one that is opened now, for all who wait for it."""
        with self._lock:
            if self._line is None:
                connection, mask = self._connection(seconds), self.http.mask
                self._line = _Line(connection=connection, clock=self.http.patience.clock, mask=mask)
            return self._line

    def _connection(self, seconds: float) -> Connection:
        """Return a socket of its own ticket: T3 promises nothing for a second use of one."""
        answer = self.http.send("POST", TICKET, repeat=True)
        if not answer.ok:
            raise failure(answer, "asking for a socket")
        ticket = parse(Ticket, answer.json, "ticket").ticket
        address = self.http.base_url.replace("http", "ws", 1) + SOCKET
        query = f"orchestrationProtocol=2&wsTicket={quote(ticket, safe='')}"
        self.http.count()
        try:
            return self.open_socket(
                f"{address}?{query}",
                headers=dict(self.http.headers),
                seconds=min(_OPENING_SECONDS, seconds),
                most=self.http.max_body,
            )
        except SocketRefused as refused:
            raise self._refusal(refused) from None

    def _refusal(self, refused: SocketRefused) -> Exception:
        headers = {"content-type": "application/json"}
        answer = Answer("GET", SOCKET, refused.status, headers, refused.body, self.http.mask)
        if refused.status == httpx.codes.UPGRADE_REQUIRED:
            return protocol_refused(self.http.name, answer)
        if refused.status in _TOKENS:
            return failure(answer, "opening a socket")
        return SocketLost(f"answered {refused.status}")

    def _checked(self, ended: Done | Failed, doing: str) -> Done | Failed:
        if isinstance(ended, Done):
            return ended
        if ended.scope:
            raise scope_missing(ended.scope)
        if not ended.stored and ended.reason.startswith(_UNKNOWN):
            raise unsupported(f"{self.http.name} does not know how to {doing} ({ended.reason})")
        return ended

    def _hang_up(self, line: _Line) -> None:
        """Close a socket once, whoever loses it first."""
        with self._lock:
            if self._line is line:
                self._line = None
                line.connection.close()
