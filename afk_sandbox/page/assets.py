"""The pages' style and script: files of their own, so that a page runs nothing within itself."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afk_sandbox.page.templates import text_of


async def _style(request: Request) -> Response:
    del request
    return Response(text_of("page.css"), media_type="text/css")


async def _script(request: Request) -> Response:
    del request
    return Response(text_of("page.js"), media_type="text/javascript")


ASSETS: Final = (Route("/-/page.css", _style), Route("/-/page.js", _script))
