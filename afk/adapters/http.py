"""HTTP for every adapter: bounded reads, few retries, one vocabulary of failures, no secrets.

Owns: authorisation headers, timeouts, size bounds, retry of what is safe to retry, and turning
httpx's exceptions into `afk.errors`. Must not know any server: what a status means is the
adapter's business, and is a pure function of `Answer` there.

httpx is documented at https://www.python-httpx.org/; its errors all derive from
``httpx.HTTPError`` or ``httpx.InvalidURL`` (https://www.python-httpx.org/exceptions/).
"""

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import httpx

from afk.errors import ServerFault, TooLarge, Unreachable

MAX_BODY: Final = 8 * 1024 * 1024
_EXCERPT: Final = 300
_RETRY_STATUS: Final = frozenset({500, 502, 503, 504})
_BACKOFF: Final = (0.3, 1.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers (lower-case names), body bytes (bounded)."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Say whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004  the definition of 2xx

    @property
    def is_json(self) -> bool:
        """Say whether the answer calls itself JSON."""
        return "json" in self.headers.get("content-type", "")

    @property
    def json(self) -> Any:
        """Return the parsed body; `ServerFault` when it is not JSON.

        A server that answers 200 with a page of HTML has not answered the question.
        """
        if not self.is_json:
            raise ServerFault(
                f"{self.method} {self.url} answered {self.status} with "
                f"{self.headers.get('content-type') or 'no content type'} instead of JSON",
                cause="a proxy or a login page stands in front, or the address is another server's",
                next_step="open the address in a browser and compare it with the configuration",
            )
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ServerFault(
                f"{self.method} {self.url} answered {self.status} with broken JSON",
                cause="the answer was cut off",
            ) from error

    @property
    def excerpt(self) -> str:
        """Return the message of an error body, or its beginning, on one line; never raises."""
        text = self.body[: 4 * _EXCERPT].decode("utf-8", "replace")
        if self.is_json:
            try:
                data = json.loads(self.body)
            except ValueError:
                data = None
            if isinstance(data, dict):
                text = str(data.get("message") or data.get("reason") or text)
        elif "html" in self.headers.get("content-type", ""):
            text = "(a page of HTML)"
        return " ".join(text.split())[:_EXCERPT]


@dataclass(kw_only=True)
class Http:
    """A server's address and how to speak to it; safe to use from several threads.

    ``authorize`` returns the headers that carry the token, afresh per request; it raises
    `TokenError` itself when there is none. ``name`` is what messages call the server.
    """

    client: httpx.Client
    base_url: str
    name: str
    authorize: Callable[[], Mapping[str, str]]
    sleep: Callable[[float], None]
    headers: Mapping[str, str] = field(default_factory=dict)
    max_body: int = MAX_BODY
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, max_body: int = 0
    ) -> Answer:
        """Send a GET; repeated after a broken connection, a timeout or a 5xx."""
        return self.send("GET", path, params=params, repeat=True, max_body=max_body)

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        repeat: bool = False,
        anonymous: bool = False,
        max_body: int = 0,
    ) -> Answer:
        """Send one request and return whatever was answered, errors included.

        ``max_body`` lowers the bound on the answer for this request; 0 leaves it.

        ``repeat`` allows up to two repetitions, for requests that are safe to send twice. A
        401 is always asked once more: a busy server has answered it to a good token
        (Forgejo with a locked database), and a refused request had no effect.
        """
        pauses = list(_BACKOFF) if repeat else []
        asked_again = False
        while True:
            try:
                answer = self._once(
                    method, path, params, body, anonymous=anonymous, max_body=max_body
                )
            except Unreachable:
                if not pauses:
                    raise
                self.sleep(pauses.pop(0))
                continue
            if answer.status == httpx.codes.UNAUTHORIZED and not asked_again and not anonymous:
                asked_again = True
                self.sleep(_BACKOFF[0])
                continue
            if answer.status in _RETRY_STATUS and pauses:
                self.sleep(pauses.pop(0))
                continue
            return answer

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Any,
        *,
        anonymous: bool,
        max_body: int,
    ) -> Answer:
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        headers = {"user-agent": "afk", "accept": "application/json", **self.headers}
        if not anonymous:
            headers |= self.authorize()
        with self._lock:
            self.requests += 1
        try:
            with self.client.stream(
                method, url, params=params, json=body, headers=headers, follow_redirects=False
            ) as response:
                return Answer(
                    method,
                    _shown(url),
                    response.status_code,
                    {name.lower(): value for name, value in response.headers.items()},
                    self._read(response, method, url, max_body or self.max_body),
                )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            # The text of some httpx errors repeats header values: name the kind only.
            raise Unreachable(
                f"{self.name} at {_shown(self.base_url)} cannot be reached "
                f"({method}: {type(error).__name__})",
                cause="the server is down, the address is wrong, or a firewall is in between",
                next_step="try the address from this machine, for instance with curl",
            ) from None

    def _read(self, response: httpx.Response, method: str, url: str, most: int) -> bytes:
        """Read at most so many bytes: a stranger can make a list or comment any size."""
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > most:
                raise TooLarge(
                    f"{method} {_shown(url)} answered more than {most} bytes",
                    cause="an issue, comment or list of unusual size",
                    next_step="shorten or delete it; afk does not read past this bound",
                )
            parts.append(part)
        return b"".join(parts)


@cache
def tls_context() -> ssl.SSLContext:
    """Return one TLS context for all clients: system authorities, SSL_CERT_FILE respected.

    Loading authorities costs about 35 ms, so it is done once a process.
    """
    return ssl.create_default_context()


def _shown(url: str) -> str:
    """Return an address without credentials or query, for messages; never raises."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that cannot be parsed"
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}{parsed.path}"
