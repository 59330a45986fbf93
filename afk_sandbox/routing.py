"""Starlette's routing, remembering where a path leads: simulations ask the same ones thousandfold.

Routes are tried one after the other, each by its pattern: https://www.starlette.dev/routing/
"""

from collections.abc import Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

MOST: Final = 2000

Path = tuple[str, str]
"""A method, and where it is sent."""


class Remembering(Router):
    """A router that looks for each path once, also for others of the same routes."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Serve these routes; none may come later."""
        super().__init__(routes)
        self.known = _known(tuple(_shape(one) for one in routes))

    def knows(self, scope: Scope) -> bool:
        """Say whether a request's path was looked for before."""
        return (scope.get("method", ""), scope["path"]) in self.known

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = (scope.get("method", ""), scope["path"])
        known = self.known.get(asked)
        route = self.routes[known[0]] if known is not None else None
        if known is not None and isinstance(route, Route):
            scope.update(endpoint=route.endpoint, route=route, path_params=dict(known[1]))
            response = await route.endpoint(Request(scope, receive, send))
            await response(scope, receive, send)
            return
        await super().app(scope, receive, send)
        self._remember(asked, scope)

    def _remember(self, asked: Path, scope: MutableMapping[str, Any]) -> None:
        """Keep where a path led; one that led nowhere, or to another verb, is looked for again."""
        route = scope.get("route")
        if isinstance(route, Route) and asked[0] in (route.methods or ()):
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[asked] = self.routes.index(route), dict(scope["path_params"])


@lru_cache(maxsize=8)
def _known(shapes: tuple[str, ...]) -> dict[Path, tuple[int, Mapping[str, Any]]]:
    """Return which of the routes of these shapes a path led to, by its place, and what it named."""
    del shapes
    return {}


def _shape(route: BaseRoute) -> str:
    """Return what decides which paths lead to a route."""
    methods = sorted(getattr(route, "methods", None) or ())
    return f"{type(route).__name__} {methods} {getattr(route, 'path', '')}"


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
