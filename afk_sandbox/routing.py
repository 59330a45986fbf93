"""Starlette's routing, remembering where a path leads: simulations ask the same ones thousandfold.

Routes are tried one after the other, each by its pattern: https://www.starlette.dev/routing/
"""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
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

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = (scope.get("method", ""), scope["path"])
        if asked in self.known:
            route, found = self.known[asked]
            scope.update(found, route=route, path_params=dict(found["path_params"]))
            await route.handle(scope, receive, send)
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


def application(routes: Sequence[BaseRoute], **options: Any) -> Starlette:
    """Return an application of these routes; ``options`` are Starlette's."""
    made = Starlette(**options)
    made.router = Remembering(routes)
    return made
