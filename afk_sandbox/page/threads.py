"""A thread's page below T3's address, where afk's comments link to: what was said in it."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from afk_sandbox.faults import App
from afk_sandbox.page.assets import ASSETS
from afk_sandbox.page.templates import fill
from afk_sandbox.t3.model import T3Model


def with_threads(t3: T3Model, behind: App) -> Starlette:
    """Return T3's server with a page for each thread, where a packaged one has its own."""

    async def page(request: Request) -> Response:
        t3.advance()
        thread = t3.state.threads.get(request.path_params["thread"])
        if thread is None:
            return HTMLResponse(fill("nothing.html", what="No such thread."), 404)
        return HTMLResponse(fill("thread.html", thread=thread))

    where = f"/{t3.environment_id}/{{thread}}"
    return Starlette(routes=[*ASSETS, Route(where, page), Mount("/", app=behind)])
