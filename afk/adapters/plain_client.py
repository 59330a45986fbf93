"""An httpx client that does what afk needs and nothing else, for half of what a request costs.

A tick sends hundreds of requests, side by side, and each of them takes the time of all others while
Python works on it. Left out: cookies (no server of afk's needs one, and one jar for all would carry
what the first says to the next), redirects, defaults to merge, hooks, and proxies, which
`afk.adapters.proxies` knows about. A request is built once, from what is given alone.

https://www.python-httpx.org/advanced/transports/ has what a transport is given and gives back.
"""

from typing import Any, Final

import httpx

_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0).as_dict()


class PlainClient(httpx.Client):
    """Sends each request as it is, through one transport."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        """``transport`` is closed together with the client."""
        super().__init__(transport=transport, trust_env=False)
        self._way = transport
        self._addresses: dict[str, httpx.URL] = {}

    def build_request(self, method: str, url: httpx.URL | str, **parts: Any) -> httpx.Request:
        """Return a request of these parts: ``params``, ``json`` and ``headers`` are httpx's."""
        if isinstance(url, str):
            url = self._taken_apart(url)
        return httpx.Request(method, url, **parts, extensions={"timeout": _TIMEOUT})

    def _taken_apart(self, url: str) -> httpx.URL:
        """Return an address that httpx need not take apart again: most are asked more than once."""
        if url not in self._addresses:
            self._addresses[url] = httpx.URL(url)
        return self._addresses[url]

    def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        """Send a request; the answer's body is not read yet, and a redirect is an answer."""
        if request.url.userinfo:
            login = httpx.BasicAuth(request.url.username, request.url.password)
            request = next(login.auth_flow(request))
        response = self._way.handle_request(request)
        response.request = request
        return response
