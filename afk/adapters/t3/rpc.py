"""Calls to T3 Code over its socket: one socket for as long as it holds, each call exactly once.

Owns the ticket, the socket, and what is done when an answer is lost: the socket is opened afresh
and the very same call is sent again, since T3 knows a command by its id and does it once
(``30-5-same-commandId-same-body``, ``60-*-same-commandId-after-restart``; a command whose socket
closes before the answer is carried out all the same, ``46-fire-and-forget``). Every loss is
treated alike: closed, silent, a frame past the bound, a frame that T3 or afk cannot read.

Final, and never asked again: an upgrade refused with 426 (another protocol), a method that T3
does not know. The address of the socket holds the ticket and is never told.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
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
_UNKNOWN: Final = "Unknown request tag"
_TOKENS: Final = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@dataclass(kw_only=True)
class Rpc:
    """One server's socket, opened at the first call; one call at a time."""

    http: Http
    open_socket: Opener
    _connection: Connection | None = None
    _calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def call(self, tag: str, payload: Any, doing: str) -> Done | Failed:
        """Return how a call ended, sending the same one again while that is unknown.

        Raises `Unreachable` when it stays unknown, `TokenError`, or `UnsupportedServer`.
        """
        sent = each_text(payload, lambda text: self.http.mask(whole_characters(text)))
        why = ""
        with self._lock, self.http.patience.asking() as until:
            for pause in (0.0, *_PAUSES):
                if why:
                    self.http.sleep(pause)
                if self.http.patience.left(until) <= 0:
                    break
                ended = self._once(tag, sent, lambda: self.http.patience.left(until))
                if not isinstance(ended, Untold):
                    return self._checked(ended, doing)
                why = ended.why
                self._hang_up()
        raise Unreachable(
            f"{doing}: T3 Code's socket gave no answer ({why or 'no time left'})",
            cause="the server restarts, a gateway in front of it takes no WebSocket, or the "
            "network is in trouble",
            next_step="nothing to do: a later tick asks again, and nothing is done twice",
        )

    def close(self) -> None:
        """Close the socket if one is open."""
        with self._lock:
            self._hang_up()

    def _once(self, tag: str, payload: Any, left: Callable[[], float]) -> Done | Failed | Untold:
        self._calls += 1
        call = str(self._calls)
        try:
            if self._connection is None:
                self._connection = self._opened(left())
            self.http.requests += 1
            self._connection.send(json.dumps(request(call, tag, payload)))
            allowed = min(_ANSWER_SECONDS, left())
            until = self.http.patience.clock() + allowed
            while (seconds := until - self.http.patience.clock()) > 0:
                frame = self.http.mask(self._connection.recv(seconds))
                if (ended := outcome(frame, call)) is not None:
                    return ended
        except SocketLost as lost:
            return Untold(str(lost))
        except TimeoutError:
            pass
        return Untold("silence")

    def _opened(self, seconds: float) -> Connection:
        """Return a socket of its own ticket: T3 promises nothing for a second use of one."""
        answer = self.http.send("POST", TICKET, repeat=True)
        if not answer.ok:
            raise failure(answer, "asking for a socket")
        ticket = parse(Ticket, answer.json, "ticket").ticket
        address = self.http.base_url.replace("http", "ws", 1) + SOCKET
        query = f"orchestrationProtocol=2&wsTicket={quote(ticket, safe='')}"
        self.http.requests += 1
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

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
