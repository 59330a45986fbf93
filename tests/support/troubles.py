"""One request that goes wrong, in every way a network, a proxy or a server knows.

Bodies are those of recordings: Forgejo's 500 (``forgejo/14.0.0/177-branch-delete-missing``),
T3's (``t3/0.0.32/23-turn-start-unknown-thread``, and without a body
``t3/0.0.28/10-dispatch-malformed-json``), GitHub's page (``github/131-html-503``) and limits
(``github/115`` to ``121``). A 502 or 429 before Forgejo or T3 is a proxy's, here nginx's
(https://github.com/nginx/nginx/blob/master/src/http/ngx_http_special_response.c).
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Literal

import httpx
from support.straight import Sockets, Straight

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.github import faults
from afk_sandbox.world import World

Server = Literal["forge", "t3"]
When = Literal["before", "after"]

JSON: Final = "application/json;charset=utf-8"
HTML: Final = "text/html"
_PAGE: Final = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>"
)
_UNICORN: Final = b"<!DOCTYPE html>\n<html>\n  <head>\n    <title>Unicorn! &middot; GitHub</title>"
_REFUSED: Final = {
    "_tag": "EnvironmentInternalError",
    "code": "internal_error",
    "reason": "orchestration_dispatch_failed",
    "traceId": "e938b95295bccf5b315b0985bcecb635",
}
READ_TIMEOUT: Final = 20.0
CONNECT_TIMEOUT: Final = 5.0


def page(status: int, title: str, when: When = "before") -> Fault:
    """Return a proxy's page in place of the answer."""
    return Fault(when, status, _PAGE.format(title).encode(), HTML)


def failed(here: World, server: Server, when: When = "before") -> Fault:
    """Return the server's own 500, in its words."""
    if server == "t3":
        return Fault(when, 500, json.dumps(_REFUSED).encode(), "application/json")
    if here.kind is Forge.GITHUB:
        return Fault(when, 503, _UNICORN, "text/html; charset=utf-8")
    body = {"message": "", "url": "http://127.0.0.1:3014/api/swagger"}
    return Fault(when, 500, json.dumps(body).encode(), JSON)


def limited(here: World, server: Server) -> Fault:
    """Return a 429 that says when to come back."""
    if server == "forge" and here.kind is Forge.GITHUB:
        return faults.secondary(here.clock.now(), after="8", status=429)
    return replace(page(429, "429 Too Many Requests"), headers={"retry-after": "8"})


def forbidden(here: World, server: Server) -> Fault:
    """Return a 403 for asking too fast; only GitHub has one, elsewhere it is a 429."""
    if server == "forge" and here.kind is Forge.GITHUB:
        return faults.secondary(here.clock.now())
    return limited(here, server)


Way = Callable[[World, Server], Fault]
WAYS: Final[dict[str, Fault | Way]] = {
    "dropped": Fault("before"),
    "dropped-after": Fault("after"),
    "500": failed,
    "500-after": partial(failed, when="after"),
    "500-empty": Fault("before", 500),
    "502": page(502, "502 Bad Gateway"),
    "502-after": page(502, "502 Bad Gateway", "after"),
    "504-after": page(504, "504 Gateway Time-out", "after"),
    "429": limited,
    "403": forbidden,
    "truncated": Fault("after", 200, b'{"id": 1, "bo', JSON),
    "login-page": page(200, "Sign in"),
}
SLOW: Final = {"slow": "before", "slow-after": "after"}
"""What only the client notices: it gives up, before or after the server has acted."""
KINDS: Final = (*WAYS, *SLOW)


@dataclass
class Trouble:
    """Strikes the ``nth`` request of one server and the ``burst`` that follow it."""

    here: World
    server: Server
    nth: int
    kind: str
    burst: int = 0
    seen: int = 0
    struck: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hook(self, method: str, path: str) -> Fault | None:
        """Answer for the server (`FaultHook`)."""
        if self.kind in SLOW or not self._strikes(f"{method} {path}"):
            return None
        way = WAYS[self.kind]
        return way if isinstance(way, Fault) else way(self.here, self.server)

    def client(self, request: httpx.Request) -> str:
        """Return "before" or "after" when the client is to give up on this request, else ""."""
        to_t3 = str(request.url).startswith(self.here.settings["t3"]["url"])
        if self.kind not in SLOW or to_t3 is not (self.server == "t3"):
            return ""
        return SLOW[self.kind] if self._strikes(f"{request.method} {request.url.path}") else ""

    def _strikes(self, request: str) -> bool:
        with self._lock:
            self.seen += 1
            if not self.nth <= self.seen <= self.nth + self.burst:
                return False
            self.struck.append(request)
            return True


class Impatient(Sockets):
    """A client whose patience ends with what is slow; the world's clock moves on, nobody waits."""

    def __init__(self, here: World, troubles: list[Trouble]) -> None:
        self._inner = Straight()
        self._here = here
        self._troubles = troubles

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        ends = [end for one in self._troubles if (end := one.client(request))]
        if not ends:
            return self._inner.handle_request(request)
        if ends[0] == "before":
            self._here.clock.sleep(CONNECT_TIMEOUT)
            raise httpx.ConnectTimeout("timed out", request=request)
        self._inner.handle_request(request).read()
        self._here.clock.sleep(READ_TIMEOUT)
        raise httpx.ReadTimeout("timed out", request=request)

    def close(self) -> None:
        self._inner.close()


def arm(here: World, troubles: list[Trouble]) -> None:
    """Put the troubles in the way of both servers."""

    def hook(server: Server) -> Callable[[str, str], Fault | None]:
        mine = [one for one in troubles if one.server == server]
        return lambda method, path: next(
            (fault for one in mine if (fault := one.hook(method, path))), None
        )

    for server in ("forge", "t3"):
        here.faults[server] = hook(server)


def tick(here: World, troubles: list[Trouble], *, after: float = 60) -> tuple[int, str]:
    """Tick amid the troubles; returns the exit code and what was printed."""
    here.clock.sleep(after)
    here.t3.advance()
    ticked = here.run("tick", transport=Impatient(here, troubles))
    return ticked.exit_code, ticked.output
