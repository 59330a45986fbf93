"""Who may talk to a server on loopback: this machine's own programs, and no web page of others.

A page anywhere can have a browser send requests to 127.0.0.1, and can give its own name that
address (DNS rebinding). So every request must ask for the server by its own address, and what a
browser sends to change something must come from the server's own pages:
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
(Fetch Metadata, Origin), https://portswigger.net/web-security/host-header .
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from starlette.responses import PlainTextResponse

from afk_sandbox.faults import App, Message, Receive, Send

HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}
"""What every page is sent with: it loads and runs what is its own, and nobody frames it."""
_READS: Final = ("GET", "HEAD", "OPTIONS")
_POLICY_VIOLATION: Final = 1008


def guarded(app: App) -> App:
    """Return the application behind a guard; programs that send no ``Origin`` pass."""

    async def guard(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        why = _refusal(scope)
        if not why:
            await app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": why})
        else:
            answer = PlainTextResponse(f"{why}\n", 403)
            await answer(scope, receive, send)

    return guard


def _refusal(scope: Mapping[str, Any]) -> str:
    """Return why a request is refused, "" for one that is not."""
    headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
    port = scope["server"][1]
    own = (f"127.0.0.1:{port}", f"localhost:{port}")
    if headers.get("host", "") not in own:
        return "This server answers under its own address only: http://" + own[0]
    changes = scope["type"] == "websocket" or scope["method"] not in _READS
    elsewhere = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    origin = headers.get("origin")
    foreign = origin is not None and origin not in [f"http://{name}" for name in own]
    if changes and (elsewhere or foreign):
        return "A page of another address cannot change anything here."
    return ""


def _with_headers(send: Send) -> Send:
    """Return a way to answer that adds `HEADERS` to pages."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = list(message.get("headers", []))
            kinds = [text for name, text in sent if name == b"content-type"]
            if any(kind.startswith(b"text/html") for kind in kinds):
                sent += [(name.encode(), text.encode()) for name, text in HEADERS.items()]
            message["headers"] = sent
        await send(message)

    return answer
