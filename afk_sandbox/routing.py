"""Starlette's routing, remembering where a path leads: simulations ask the same ones thousandfold.

Routes are tried one after the other, each by its pattern: https://www.starlette.dev/routing/
"""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

MOST: Final = 500
_FOUND: Final = ("endpoint", "path_params")


class Remembering(Router):
    """A router that looks for each path once."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Serve these routes; none may come later."""
        super().__init__(routes)
        self.known: dict[tuple[str, str], tuple[Route, Mapping[str, Any]]] = {}

    def knows(self, scope: Scope) -> bool:
        """Say whether a request's path was looked for before."""
        return (scope.get("method", ""), scope["path"]) in self.known

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = (scope.get("method", ""), scope["path"])
        if asked in self.known:
            route, found = self.known[asked]
            scope.update(found, route=route, path_params=dict(found["path_params"]))
            response = await route.endpoint(Request(scope, receive, send))
            await response(scope, receive, send)
            return
        await super().app(scope, receive, send)
        self._remember(asked, scope)

    def _remember(self, asked: tuple[str, str], scope: MutableMapping[str, Any]) -> None:
        """Keep where a path led; one that led nowhere, or to another verb, is looked for again."""
        route = scope.get("route")
        if isinstance(route, Route) and asked[0] in (route.methods or ()):
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[asked] = route, {name: scope[name] for name in _FOUND}


class _Application(Starlette):
    """An application whose known paths are served without what stands around all the others.

    Its handlers tell refusals by themselves; what they raise besides is whoever serves it to tell.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        router = self.router
        if isinstance(router, Remembering) and router.knows(scope):
            await router.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application(routes: Sequence[BaseRoute], **options: Any) -> Starlette:
    """Return an application of these routes; ``options`` are Starlette's."""
    made = _Application(**options)
    made.router = Remembering(routes)
    return made


def root_of(request: Request) -> str:
    """Return the address that a request was sent to, without a path: the server's own."""
    for name, text in request.scope["headers"]:
        if name == b"host":
            return f"{request.scope['scheme']}://{text.decode('latin-1')}"
    return str(request.base_url).rstrip("/")


def add_headers(response: Response, named: Mapping[str, str]) -> None:
    """Add headers that an answer does not have yet: nothing is looked for to be replaced."""
    response.raw_headers += [
        (name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in named.items()
    ]
