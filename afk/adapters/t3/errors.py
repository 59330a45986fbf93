"""What T3 Code's answers over HTTP mean when they are not the wanted ones; pure.

Owns the mapping from statuses and error bodies to `afk.errors`. Must send nothing and hold no
token. Error bodies are ``{_tag, code, reason | requiredScope, traceId}`` or empty; the
recordings named below are those of ``t3/0.0.28``.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from afk.adapters.http import Answer
from afk.adapters.wire import instant
from afk.errors import AfkError, NotFound, Refused, ServerFault, TokenError, UnsupportedServer

SUPPORTED: Final = "orchestration protocols 1 and 2 (T3 Code 0.0.26 and later)"
_TOLD: Final = 100
_LATER: Final = (
    httpx.codes.REQUEST_TIMEOUT,
    httpx.codes.TOO_EARLY,
    httpx.codes.TOO_MANY_REQUESTS,
)


class OtherProtocol(Exception):
    """The server does not speak the protocol it was asked in.

    ``shell`` is its answer to the question for its threads, where that is what showed it.
    """

    def __init__(self, shell: Answer | None = None) -> None:
        """Keep the answer, so that it is not asked for again."""
        self.shell = shell
        super().__init__()


def server_time(headers: Mapping[str, str], fallback: datetime) -> datetime:
    """Return the server's clock, to the second, from the Date header; else ``fallback``."""
    try:
        parsed = parsedate_to_datetime(headers.get("date", ""))
        return instant(parsed) if parsed.tzinfo else fallback
    except (ValueError, OverflowError):
        return fallback


def route_missing(answer: Answer) -> bool:
    """Say whether this server does not know the address at all.

    That is T3's own 503 text in a build without web pages (``t3/0.0.28/06-unknown-route``), the
    web page itself in a packaged build (source, http.ts), or a 404 that is not T3's JSON. A
    gateway's 503 is none of these.
    """
    if answer.status == httpx.codes.SERVICE_UNAVAILABLE:
        return answer.body.startswith(b"No static directory configured")
    if answer.status == httpx.codes.NOT_FOUND:
        return not answer.is_json
    return answer.ok and "html" in answer.headers.get("content-type", "")


def failure(answer: Answer, what: str) -> AfkError:
    """Return the error for an answer that is not the wanted one.

    401 and a missing scope are the token's (``03-*``, ``08-readonly-dispatch-403``, ``76-*``,
    ``77-*``), 404 is `NotFound`, other 4xx `Refused`; what is left, `ServerFault`. So is a
    gateway's "later" (408, 425, 429, which T3 has not): nothing was refused for good.
    """
    status = answer.status
    if status == httpx.codes.UNAUTHORIZED:
        return TokenError(
            f"T3 Code refused the token ({answer.excerpt or 'without a reason'})",
            cause="it is missing, expired, revoked, or was issued by another T3 Code",
            next_step="issue one on T3's host with `t3 auth session issue --ttl 30d --label afk "
            "--token-only` and store it where afk reads it",
        )
    if status == httpx.codes.FORBIDDEN and (scope := _said(answer, "requiredScope")):
        return scope_missing(scope)
    if status == httpx.codes.NOT_FOUND:
        return NotFound(
            f"{what}: T3 Code answered 404",
            cause="the address is another server's, or a path was left out",
            next_step="compare the configured address with the one T3 Code prints at its start",
        )
    if httpx.codes.is_client_error(status) and status not in _LATER:
        return refused(answer, what)
    return ServerFault(
        f"{what}: T3 Code answered {status} ({answer.excerpt or 'nothing'})",
        cause="T3 Code is starting or broken, or a gateway in front of it answered",
        next_step="a later tick tries again" + _trace(answer),
    )


def scope_missing(scope: str) -> TokenError:
    """Return the error for a token that may not do what was asked (``08-readonly-*``)."""
    return TokenError(
        f"T3 Code's token lacks the scope {scope}",
        cause="it was exchanged from a pairing credential for fewer scopes",
        next_step="ask for `orchestration:read orchestration:operate`, or issue a token with "
        "`t3 auth session issue --ttl 30d --label afk --token-only`",
    )


def protocol_closed(answer: Answer) -> bool:
    """Say whether a read is refused for the protocol it speaks: a 400 with an empty body.

    So answer builds after protocol 2's merge; protocol 1 answers no read so.
    """
    return answer.status == httpx.codes.BAD_REQUEST and not answer.body.strip()


def protocol_refused(name: str, answer: Answer) -> UnsupportedServer:
    """Return the refusal for a server that takes no protocol that afk speaks (426, 400)."""
    try:
        data = answer.masked
    except ServerFault:
        data = None
    version = data.get("orchestrationProtocolVersion") if isinstance(data, dict) else None
    spoken = f"orchestration protocol {version}" if isinstance(version, int) else "another protocol"
    return unsupported(f"{name} answers {answer.status}: it speaks {spoken}")


def refused(answer: Answer, what: str) -> Refused:
    """Return the refusal of a command; T3 says why only in its own log, by trace id."""
    return Refused(
        f"{what}: T3 Code refused with {answer.status}",
        status=answer.status,
        body=answer.excerpt,
        next_step=_trace(answer).removeprefix("; "),
    )


def unsupported(what: str) -> UnsupportedServer:
    """Return the refusal to work with a server, naming what is supported."""
    return UnsupportedServer(
        what,
        cause=f"afk speaks {SUPPORTED}",
        next_step="run such a release, or a newer afk",
    )


def _said(answer: Answer, name: str) -> str:
    """Return a field of an error body, bounded and on one line; empty when there is none."""
    try:
        data = answer.masked
    except ServerFault:
        return ""
    said = data.get(name) if isinstance(data, dict) else None
    return " ".join(said.split())[:_TOLD] if isinstance(said, str) else ""


def _trace(answer: Answer) -> str:
    trace = _said(answer, "traceId")
    return f"; T3's log says why under trace id {trace}" if trace else ""
