"""Playing a saved tick's servers: a transport and sockets that answer what they once answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from afk.adapters.parsing import parsed
from afk.adapters.saved.recording import SOCKET
from afk.adapters.saved.tape import Answers, Exchange, unnumbered
from afk.adapters.sockets import Connection, SocketLost


@dataclass
class Playing(httpx.BaseTransport):
    """A transport without a network. ``clean`` takes out what was taken out of the file.

    The time is that of the newest answer that was given: `now`.
    """

    answers: Answers
    began: datetime
    clean: Callable[[str], str]
    _newest: datetime | None = None

    def now(self) -> datetime:
        """Return how late it was when the answers so far had been given."""
        return self._newest or self.began

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as once; `httpx.ConnectError` where nothing like it was asked."""
        sent = request.read().decode("utf-8", "replace")
        found = self.take(request.method, str(request.url), sent)
        if found is None:
            raise httpx.ConnectError("the saved tick asked nothing like it", request=request)
        if found.failed:
            raise _failure(found.failed)("as it was saved", request=request)
        body = found.body.encode("utf-8", "surrogateescape")
        return httpx.Response(found.status, headers=found.headers, stream=httpx.ByteStream(body))

    def open_socket(
        self, url: str, *, headers: Mapping[str, str], seconds: float, most: int
    ) -> Connection:
        """Open a socket on which everything is answered as it was."""
        del headers, seconds, most
        return _Played(self, url.partition("?")[0])

    def take(self, method: str, url: str, sent: str) -> Exchange | None:
        """Return what was once answered, and let it be as late as it was."""
        found = self.answers.to(method, self.clean(url), self.clean(sent))
        if found is not None:
            at = datetime.fromisoformat(found.at)
            self._newest = max(self.now(), at)
        return found


@dataclass
class _Played:
    """A socket of a saved tick."""

    behind: Playing
    url: str
    _heard: list[str] = field(default_factory=list)

    def send(self, text: str) -> None:
        found = self.behind.take(SOCKET, self.url, unnumbered(text))
        if found is None:
            raise SocketLost("the saved tick asked nothing like it")
        number = json.loads(text)["id"]
        self._heard = [_answered(one, number) for one in found.heard]

    def recv(self, seconds: float) -> str:
        del seconds
        if not self._heard:
            raise TimeoutError
        return self._heard.pop(0)

    def close(self) -> None:
        self._heard.clear()


def _failure(name: str) -> type[httpx.RequestError]:
    """Return the kind of failure of this name; a file may name anything."""
    kind = getattr(httpx, name, None)
    if isinstance(kind, type) and issubclass(kind, httpx.RequestError):
        return kind
    return httpx.ReadError


def _answered(text: str, call: str) -> str:
    """Return a message as part of the answer to this call; what is no JSON is as it was."""
    try:
        return json.dumps(_numbered(parsed(text), call))
    except ValueError:
        return text


def _numbered(frame: Any, call: str) -> Any:
    """Return a frame as the answer to this call."""
    if isinstance(frame, list):
        return [_numbered(one, call) for one in frame]
    return {**frame, "requestId": call} if isinstance(frame, dict) else frame
