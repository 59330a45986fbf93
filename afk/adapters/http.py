"""HTTP for every adapter: bounded in size and time, few retries, one vocabulary of failures.

Owns: authorisation headers, bounds, retry of what is safe to retry, turning httpx's exceptions
into `afk.errors`, and that no known secret stands in what is sent, nor in what is told of an
answer. No cookie is kept or sent. Must not know any server: what a status means is the adapter's
business, and is a pure function of `Answer` there.

httpx is documented at https://www.python-httpx.org/; its errors all derive from
``httpx.HTTPError`` or ``httpx.InvalidURL`` (https://www.python-httpx.org/exceptions/).
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from afk.adapters import body as bodies
from afk.adapters.pace import Pace
from afk.adapters.parsing import each_text, parsed, whole_characters
from afk.adapters.patience import Patience, within
from afk.adapters.plain_client import PlainClient
from afk.adapters.shown import shown_address
from afk.adapters.tls import tls_context
from afk.adapters.unreachable import unreachable
from afk.errors import OutsideFailure, ServerFault, TooLarge, Unreachable

MAX_BODY: Final = 8 * 1024 * 1024
_EXCERPT: Final = 300
_LOOKED_AT: Final = 64 * 1024
"""So much of an error body is looked at for its message."""
_RETRY_STATUS: Final = frozenset({500, 502, 503, 504})
_BACKOFF: Final = (0.3, 1.0)
_PACKED: Final = {"accept-encoding": bodies.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers (lower-case names), body bytes (bounded).

    ``mask`` takes the known secrets out of a text: a server may send back what it was sent.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    mask: Callable[[str], str] = field(default=str, repr=False, compare=False)

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
        return self._parsed(self.body)

    @property
    def masked(self) -> Any:
        """Return the parsed body as `json` does, without the secrets it may repeat."""
        return self._parsed(self.mask(self.body.decode("utf-8", "replace")))

    def _parsed(self, text: bytes | str) -> Any:
        if not self.is_json:
            raise ServerFault(
                f"{self.method} {self.url} answered {self.status} with "
                f"{self.headers.get('content-type', '')[:100] or 'no content type'} "
                "instead of JSON",
                cause="a proxy or a login page stands in front, or the address is another server's",
                next_step="open the address in a browser and compare it with the configuration",
            )
        try:
            return parsed(text)
        except ValueError as error:
            raise ServerFault(
                f"{self.method} {self.url} answered {self.status} with broken JSON",
                cause="the answer was cut off, or is nested deeper than afk reads",
            ) from error

    @property
    def excerpt(self) -> str:
        """Return the message of an error body, or its beginning, on one line; never raises."""
        text = self.body[:_LOOKED_AT].decode("utf-8", "replace")
        if self.is_json:
            try:
                data = parsed(self.body)
            except ValueError:
                data = None
            if isinstance(data, dict):
                text = str(data.get("message") or data.get("reason") or text)
        elif "html" in self.headers.get("content-type", ""):
            text = "(a page of HTML)"
        # Masked before it is cut: half a secret is still known to nobody's mask.
        return " ".join(self.mask(text[:_LOOKED_AT]).split())[:_EXCERPT]


@dataclass(kw_only=True)
class Http:
    """A server's address and how to speak to it; safe to use from several threads.

    ``authorize`` returns the headers that carry the token, afresh per request; it raises
    `TokenError` itself when there is none. ``name`` is what messages call the server. ``mask``
    takes known secrets out of bodies and quoted answers. Adapters that write keep the ``pace``.
    """

    client: httpx.Client
    base_url: str
    name: str
    authorize: Callable[[], Mapping[str, str]]
    sleep: Callable[[float], None]
    headers: Mapping[str, str] = field(default_factory=dict)
    max_body: int = MAX_BODY
    mask: Callable[[str], str] = field(default=str, repr=False)
    patience: Patience = field(default_factory=Patience)
    pace: Pace = field(default_factory=Pace)
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
        headers: Mapping[str, str] | None = None,
        repeat: bool = False,
        anonymous: bool = False,
        max_body: int = 0,
    ) -> Answer:
        """Send one request and return whatever was answered, errors included.

        ``max_body`` lowers the bound on the answer for this request; 0 leaves it. ``headers`` go
        beside the server's own.

        ``repeat`` allows up to two repetitions, for requests that are safe to send twice. A
        401 is always asked once more: a busy server has answered it to a good token
        (Forgejo with a locked database), and a refused request had no effect. All of it
        together has the time that `patience` leaves.
        """
        pauses = list(_BACKOFF) if repeat else []
        asked_again = False
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        with self.patience as until:
            while True:
                try:
                    request = self._request(method, url, params, body, anonymous=anonymous)
                    if headers:
                        request.headers.update(headers)
                    answer = self._once(request, url, until, max_body or self.max_body)
                except Unreachable:
                    if not pauses or self.patience.left(until) <= 0:
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

    def count(self) -> None:
        """Count one request more."""
        with self._lock:
            self.requests += 1

    def tail(self, address: str, *, keep: int, most: int) -> Answer:
        """Send one GET without the token; of an answer of ``most`` bytes its end is kept."""
        with self.patience as until:
            request = self._request("GET", address, None, None, anonymous=True)
            return self._once(request, address, until, most, keep)

    def _request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        body: Any,
        *,
        anonymous: bool,
    ) -> httpx.Request:
        headers = {"user-agent": "afk", "accept": "application/json", **_PACKED, **self.headers}
        if not anonymous:
            headers |= self.authorize()
        sent = each_text(body, lambda text: self.mask(whole_characters(text)))
        try:
            request = self.client.build_request(
                method, url, params=params, json=sent, headers=headers
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise self._unreachable(method, error) from None
        if not isinstance(self.client, PlainClient):  # which has none to send
            request.headers.pop("cookie", None)
        return request

    def _once(
        self, request: httpx.Request, url: str, until: float, most: int, keep: int = 0
    ) -> Answer:
        self.count()
        try:
            return within(
                self.patience.left(until), lambda: self._answer(request, url, until, most, keep)
            )
        except TimeoutError:
            raise self._late(request.method) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, bodies.Damaged) as error:
            # The text of some httpx errors repeats header values: name the kind only.
            raise self._unreachable(request.method, error) from None

    def _answer(
        self, request: httpx.Request, url: str, until: float, most: int, keep: int
    ) -> Answer:
        def check() -> None:
            if self.patience.left(until) <= 0:
                raise TimeoutError

        shown = shown_address(url)
        response = self.client.send(request, stream=True, follow_redirects=False)
        try:
            headers = _named(response.headers.raw)
            # The bytes as they came: what httpx unpacks, it unpacks without a bound. A transport
            # of a test's may have read them already.
            read = response.is_stream_consumed
            parts = [response.content] if read else _stream(response)
            found = bodies.read(headers, parts, most, check, unpacked=read, keep=keep)
        except bodies.TooMuch:
            raise TooLarge(
                f"{request.method} {shown} answered more than {most} bytes",
                cause="an issue, comment or list of unusual size",
                next_step="shorten or delete it; afk does not read past this bound",
            ) from None
        except bodies.Packed:
            raise ServerFault(
                f"{request.method} {shown} answered {response.status_code} in an encoding that "
                "was not asked for",
                cause="a proxy in front of it packs answers in its own way, or more than once",
            ) from None
        finally:
            _stream(response).close()
        return Answer(request.method, shown, response.status_code, headers, found, self.mask)

    def _unreachable(self, method: str, error: Exception) -> Unreachable:
        where = f"{self.name} at {shown_address(self.base_url)}"
        return unreachable(f"{where} cannot be reached ({method}: {type(error).__name__})", error)

    def _late(self, method: str) -> OutsideFailure:
        return Unreachable(
            f"{self.name} at {shown_address(self.base_url)} did not answer in the time it has "
            f"({method})",
            cause="it, or what stands in front of it, sends too slowly",
            next_step="nothing to do: a later tick asks again; if it stays, look at the server",
        )


def open_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return the client for a tick's servers; None: real connections, straight to each of them."""
    return PlainClient(transport or httpx.HTTPTransport(verify=tls_context(), trust_env=False))


def _named(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by their names in lower case; of a name that comes again all are kept."""
    found: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _stream(response: httpx.Response) -> httpx.SyncByteStream:
    """Return the answer's bytes as they came; a client that waits has no other kind."""
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)  # noqa: S101  says so to the type checker
    return stream
