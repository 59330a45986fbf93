"""An httpx client that does what afk needs and nothing else, for half of what a request costs.

A tick sends hundreds of requests, side by side, and each of them takes the time of all others while
Python works on it. Left out: cookies (no server of afk's needs one, and one jar for all would carry
what the first says to the next), redirects, defaults to merge, hooks, and proxies, which
`afk.adapters.proxies` knows about. A request is built once, from what is given alone.

https://www.python-httpx.org/advanced/transports/ has what a transport is given and gives back.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import httpx

_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0).as_dict()
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class PlainClient(httpx.Client):
    """Sends each request as it is, through one transport."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        """``transport`` is closed together with the client."""
        super().__init__(transport=transport, trust_env=False)
        self._way = transport

    def build_request(self, method: str, url: httpx.URL | str, **parts: Any) -> httpx.Request:
        """Return a request of these parts: ``params``, ``json`` and ``headers`` are httpx's.

        It has the headers that httpx gives one, which takes it as long as all the rest.
        """
        if isinstance(url, str):
            url = _address(url, parts.get("params") or {})
        named = {"host": url.netloc.decode("ascii"), **parts.get("headers", {})}
        content = b""
        if (data := parts.get("json")) is not None:
            content = _written(data)
            named["content-type"] = "application/json"
        if content or method in _WITH_BODY:
            named["content-length"] = str(len(content))
        stream = httpx.ByteStream(content)
        return httpx.Request(
            method, url, headers=named, stream=stream, extensions={"timeout": _TIMEOUT}
        )

    def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        """Send a request; the answer's body is not read yet, and a redirect is an answer."""
        if request.url.userinfo:
            login = httpx.BasicAuth(request.url.username, request.url.password)
            request = next(login.auth_flow(request))
        response = self._way.handle_request(request)
        response.request = request
        return response


def _written(data: Any) -> bytes:
    """Return JSON as httpx writes it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _address(url: str, params: Mapping[str, Any]) -> httpx.URL:
    """Return an address that httpx need not take apart again: most are asked more than once."""
    query = tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in params.items())
    return _taken_apart(url, query)


@lru_cache(maxsize=512)
def _taken_apart(url: str, query: tuple[tuple[str, Any], ...]) -> httpx.URL:
    # Without parameters those of the address itself stay.
    return httpx.URL(url, params=dict(query)) if query else httpx.URL(url)
