"""A thread's page below T3's address, where afk's comments link to: what was said in it.

Ours, in place of T3 Code's own: a packaged one has its pages there.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from afk_sandbox.faults import App
from afk_sandbox.page.assets import ASSETS
from afk_sandbox.page.templates import fill
from afk_sandbox.t3.model import T3Model


def with_threads(t3: T3Model, behind: App) -> Starlette:
    """Return T3's server with a page for each thread, and one that lists them."""
    base = f"/{t3.environment_id}"

    async def every(request: Request) -> Response:
        del request
        t3.advance()
        threads = sorted(t3.state.threads.values(), key=lambda one: one.created_at, reverse=True)
        return HTMLResponse(fill("threads.html", threads=threads, base=base))

    async def page(request: Request) -> Response:
        t3.advance()
        thread = t3.state.threads.get(request.path_params["thread"])
        if thread is None:
            return HTMLResponse(fill("nothing.html", what="No such thread."), 404)
        return HTMLResponse(fill("thread.html", thread=thread))

    own = [*ASSETS, Route("/", every), Route(f"{base}/{{thread}}", page)]
    return Starlette(routes=[*own, Mount("/", app=behind)])
