"""The HTTP side of a sandbox T3 server: paths, tokens, statuses and bodies as recorded.

Answers: `tests/recordings/t3/0.0.28` 01 to 06, 08, 10, 20 to 24, 72, 73, 75 to 77. Not served,
so not to be built on: ``/oauth/token``, pairing, ``/api/auth/clients``, protocol 1's WebSocket.
Handlers await the body and nothing else: a request is atomic.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from afk_sandbox.forge.request_log import http_date
from afk_sandbox.routing import add_headers, application
from afk_sandbox.t3 import socket2
from afk_sandbox.t3.model import Invalid, Malformed, Rejected, T3Model, Token
from afk_sandbox.t3.state import Json, iso

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READ, OPERATE = "orchestration:read", "orchestration:operate"

_AUTH = {
    "policy": "loopback-browser",
    "bootstrapMethods": ["one-time-token"],
    "sessionMethods": ["browser-session-cookie", "bearer-access-token", "dpop-access-token"],
    "sessionCookieName": "t3_session",
}
_TOKEN_LIFE = timedelta(days=30)
_TICKET_LIFE = timedelta(minutes=5)
_INCOMPATIBLE: Json = {
    "code": "orchestration_protocol_incompatible",
    "message": "Update this client to one that supports orchestration protocol 2.",
    "orchestrationProtocolVersion": 2,
}


def t3_app(model: T3Model, *, gate: bool = False) -> Starlette:
    """Return the server's ASGI application; wrap it in `faults.FaultGate` to inject faults.

    ``gate``: as builds after protocol 2's merge, say which one is spoken and refuse who does not
    ask for it; no such build was recorded.
    """
    routes = _Routes(model, gate=gate)
    return application(
        [
            routes.get("/.well-known/t3/environment", routes.environment),
            routes.get("/api/auth/session", routes.auth_session),
            routes.get("/api/orchestration/shell", routes.shell),
            routes.get("/api/orchestration/snapshot", routes.snapshot),
            routes.get("/api/orchestration/threads/{thread_id:path}", routes.thread),
            Route("/api/orchestration/dispatch", routes.counted(routes.dispatch), methods=["POST"]),
            Route("/api/auth/websocket-ticket", routes.counted(routes.ticket), methods=["POST"]),
            WebSocketRoute("/ws", routes.socket),
            Route("/{path:path}", routes.counted(routes.unknown), methods=[*_METHODS]),
        ]
    )


class _Refused(Exception):
    """An answer instead of what was asked for."""

    def __init__(self, response: Response) -> None:
        self.response = response


Handler = Callable[[Request], Awaitable[Response]]


class _Routes:
    def __init__(self, model: T3Model, *, gate: bool) -> None:
        self._model = model
        self._gate = gate
        self._tickets: dict[str, str] = {}

    def get(self, path: str, handler: Handler) -> Route:
        """Return a route for GET alone: another method is an unknown path."""
        return Route(path, self.counted(handler), methods=["GET"])

    def counted(self, handler: Handler) -> Handler:
        """Note each request in the model, and turn refusals into answers."""

        async def handle(request: Request) -> Response:
            self._model.requests.append((request.method, request.scope["path"]))
            try:
                response = await handler(request)
            except _Refused as refused:
                response = refused.response
            add_headers(
                response,
                {"date": http_date(self._model.now()), "access-control-allow-origin": "*"},
            )
            return response

        return handle

    async def environment(self, request: Request) -> Response:
        """Describe the server to anybody."""
        del request
        spoken = {"orchestrationProtocolVersion": self._model.protocol} if self._gate else {}
        return _json(200, self._model.environment() | spoken)

    async def auth_session(self, request: Request) -> Response:
        """Say who the bearer is; anonymous is an answer too."""
        token = self._bearer(request)
        answer: Json = {"authenticated": token is not None, "auth": _AUTH}
        if token:
            expires = token.expires_at or self._model.now() + _TOKEN_LIFE
            answer |= {
                "scopes": list(token.scopes),
                "sessionMethod": "bearer-access-token",
                "expiresAt": iso(expires),
            }
        return _json(200, answer)

    async def shell(self, request: Request) -> Response:
        """Answer with projects and visible threads."""
        self._require(request, READ)
        two = self._model.second
        return _json(200, self._model.shell2() if two else self._model.shell())

    async def snapshot(self, request: Request) -> Response:
        """Answer with everything; protocol 2 has no such thing (v2 05-v1-snapshot-gone)."""
        if self._model.second:
            return await self.unknown(request)
        self._require(request, READ)
        return _json(200, self._model.snapshot())

    async def thread(self, request: Request) -> Response:
        """Answer with one thread; ``turnLimit`` and ``beforeCursor`` (0.0.32) are ignored."""
        self._require(request, READ)
        name = request.path_params["thread_id"]
        two = self._model.second
        found = self._model.thread2(name) if two else self._model.thread(name)
        if found is None:
            tag, code = "EnvironmentResourceNotFoundError", "not_found"
            return self._error(404, tag, code, reason="thread_not_found")
        return _json(200, found)

    async def dispatch(self, request: Request) -> Response:
        """Accept or refuse a command; protocol 2 takes none here (v2 05-v1-dispatch-gone)."""
        if self._model.second:
            return await self.unknown(request)
        self._require(request, OPERATE)
        body = await request.body()
        kind = request.headers.get("content-type", "").split(";")[0]
        if kind != "application/json":
            return _text(415, f"Unsupported content-type: {kind}")
        try:
            command = json.loads(body) if body else None
        except ValueError:
            return Response(status_code=500)
        try:
            return _json(200, {"sequence": self._model.dispatch(command)})
        except Malformed:
            return Response(status_code=400)
        except Invalid:
            tag, code = "EnvironmentRequestInvalidError", "invalid_request"
            return self._error(400, tag, code, reason="invalid_command")
        except Rejected:
            tag, code = "EnvironmentInternalError", "internal_error"
            return self._error(500, tag, code, reason="orchestration_dispatch_failed")

    async def ticket(self, request: Request) -> Response:
        """Answer with what opens a socket (v2 08-websocket-ticket)."""
        if not self._model.second:
            return await self.unknown(request)
        self._require(request, "")
        bearer = request.headers["authorization"].partition(" ")[2].strip()
        expires = self._model.now() + _TICKET_LIFE
        ticket = f"ticket-{len(self._tickets) + 1}-{self._model.trace_id()}"
        self._tickets[ticket] = bearer
        answer: Json = {"ticket": ticket, "expiresAt": iso(expires)}
        return _json(200, answer)

    async def socket(self, socket: WebSocket) -> None:
        """Let in who has a ticket, and speaks protocol 2 where the server asks for it."""
        self._model.requests.append(("GET", socket.url.path))
        if not self._model.second:
            await socket.close()
            return
        if self._gate and socket.query_params.get("orchestrationProtocol") != "2":
            await socket.send_denial_response(_json(426, _INCOMPATIBLE))
            return
        ticket = socket.query_params.get("wsTicket", "")
        session = self._model.session_of(self._tickets.get(ticket, ""))
        if session is None:
            reason = "invalid_credential" if ticket else "missing_credential"
            tag = "EnvironmentAuthInvalidError"
            answer = self._error(401, tag, "auth_invalid", reason=reason)
            await socket.send_denial_response(answer)
            return
        await socket2.serve(self._model, socket, session)

    async def unknown(self, request: Request) -> Response:
        """Answer like a server without a web build (06-*): a packaged one sends its page."""
        if request.method in {"GET", "HEAD"}:
            return _text(503, "No static directory configured and no dev URL set.")
        return Response(status_code=404)

    def _bearer(self, request: Request) -> Token | None:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        return self._model.session_of(bearer.strip()) if scheme == "Bearer" else None

    def _require(self, request: Request, scope: str) -> None:
        token = self._bearer(request)
        if self._gate and self._model.second and _other_protocol(request):
            raise _Refused(Response(status_code=400))
        if token is None:
            sent = request.headers.get("authorization", "").startswith("Bearer ")
            reason = "invalid_credential" if sent else "missing_credential"
            tag = "EnvironmentAuthInvalidError"
            raise _Refused(self._error(401, tag, "auth_invalid", reason=reason))
        if scope and scope not in token.scopes:
            tag, code = "EnvironmentScopeRequiredError", "insufficient_scope"
            raise _Refused(self._error(403, tag, code, requiredScope=scope))

    def _error(self, status: int, tag: str, code: str, **why: str) -> Response:
        trace = self._model.trace_id()
        return _json(status, {"_tag": tag, "code": code} | why | {"traceId": trace})


def _other_protocol(request: Request) -> bool:
    """Say whether a read does not ask for protocol 2."""
    reads = request.url.path.startswith("/api/orchestration/")
    return reads and request.headers.get("x-t3-orchestration-protocol") != "2"


def _json(status: int, body: Json) -> Response:
    return Response(to_json(body), status, {"content-type": "application/json"})


def _text(status: int, text: str) -> Response:
    return Response(text, status, {"content-type": "text/plain"})
