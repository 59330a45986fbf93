"""The GitHub view of the sandbox's forge, assembled: `github_app`.

REST below ``/api/v3``, GraphQL at ``/api/graphql``, as GitHub Enterprise Server has them, for what
afk sends and what scenarios need. It answers as the recordings of real servers show (``github/``;
a conformance suite replays them) and, where there is none, as GitHub's OpenAPI description and
GraphQL schema say. Lists of issues, events, commits, checks, reviews and deployments are
GraphQL's alone, as afk asks for them. Not there: web pages, conditional requests, asynchronous
merges, contents, releases, search.
"""

from collections.abc import Collection
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afk_sandbox.faults import App, FaultGate, FaultHook, no_faults
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.request_log import Logged, RequestLog
from afk_sandbox.forge.rules import GITHUB, Rules
from afk_sandbox.forge.settling import Settling
from afk_sandbox.github.answers import DOCS, not_found, refusal
from afk_sandbox.github.api import Api, Row
from afk_sandbox.github.endpoints import ENDPOINTS
from afk_sandbox.github.graphql import GraphQL
from afk_sandbox.github.quota import HOURLY, Quota
from afk_sandbox.github.runs import LOGS, log_endpoint
from afk_sandbox.routing import application

RULES: Final = Rules(blockers_hold=False, commits_reopen=False, pulls=GITHUB)
_BY_NAME: Final = "/repos/{owner}/{repo}"
_BY_ID: Final = "/repositories/{repository_id:int}"
_PAGES: Final = {"blockedBy": "issues/issue-dependencies"}
"""The endpoints that a server without a field lacks, too."""


def github_app(
    model: ForgeModel,
    *,
    faults: FaultHook = no_faults,
    log: RequestLog | None = None,
    hourly: int = HOURLY,
    lacks: Collection[str] = (),
) -> App:
    """Return the view as an ASGI application; from now on the model follows GitHub's rules.

    ``faults`` is asked for every request and may spoil it; ``log`` is told of every request.
    ``hourly``: requests (REST) and points (GraphQL) that each account has; spent, the answers
    are the limit's. ``lacks``: fields of an issue, or ``Type.field``, that the schema does not
    have, as on an older server (``blockedBy``, ``subIssuesSummary``; before 3.19 neither of them,
    nor their endpoints). An application that is to raise `Broken` must be served by
    `afk_sandbox.serving.serve`.
    """
    model.rules = RULES
    api = Api(model=model, quota=Quota(model.now, hourly))
    routes = [
        _route(row.method, path, api.endpoint(row)) for row in _rows(lacks) for path in _paths(row)
    ]
    routes.append(_route("POST", "/api/graphql", GraphQL(api, lacks).endpoint()))
    routes.append(_route("GET", LOGS, log_endpoint(model)))
    handlers = {404: _no_such_route, 405: _no_such_route}
    inner = application(routes, exception_handlers=handlers)
    gate = FaultGate(Settling(inner, model), faults)
    return Logged(gate, log if log is not None else RequestLog())


def _rows(lacks: Collection[str]) -> list[Row]:
    unknown = [_PAGES[name] for name in lacks if name in _PAGES]
    return [
        Row(
            method=method,
            path=path,
            handler=handler,
            docs=f"{DOCS}/{page}#{anchor}",
            permission=permission,
        )
        for page, entries in ENDPOINTS.items()
        if page not in unknown
        for method, path, handler, anchor, permission in entries
    ]


def _paths(row: Row) -> list[str]:
    """Return where a row is served; what is in a repository is reached by its id, too."""
    paths = [row.path]
    if row.path.startswith(_BY_NAME):
        paths.append(row.path.replace(_BY_NAME, _BY_ID, 1))
    return [f"/api/v3{path}" for path in paths]


def _route(method: str, path: str, endpoint: object) -> Route:
    return Route(path, endpoint, methods=[method])  # type: ignore[arg-type]  # Endpoint's shape


async def _no_such_route(request: Request, error: Exception) -> Response:
    del request, error
    return refusal(not_found(), DOCS)
