"""Lets the forge do what is due before a view answers (`afk_sandbox.forge.planning`)."""

from collections.abc import MutableMapping
from typing import Any

from afk_sandbox.faults import App, Receive, Send
from afk_sandbox.forge.model import ForgeModel


class Settling:
    """An ASGI application around another one, for which the model is brought up to its clock."""

    def __init__(self, app: App, model: ForgeModel) -> None:
        """Wrap ``app``."""
        self._app = app
        self._model = model

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        self._model.settle()
        await self._app(scope, receive, send)
