"""The Forgejo view of the sandbox's forge, assembled: `forgejo_app`.

It answers as the recordings of real servers show (``forgejo/14.0.0``, ``forgejo/11.0.15`` and
``forgejo-actions/``; a conformance suite replays them), quirks included, for what afk sends and
what people do in scenarios. Repository contents, webhooks, milestones and what else there is of
Actions' administration are not there.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from afk_sandbox.faults import App, FaultGate, FaultHook, no_faults
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.request_log import Logged, RequestLog
from afk_sandbox.forge.settling import Settling
from afk_sandbox.forgejo import (
    checks,
    comments,
    commits,
    issues,
    jobs,
    labels,
    people,
    pull_merging,
    pulls,
    reviews,
    settings,
    web_pages,
)
from afk_sandbox.forgejo.call import Api, Handler, Version
from afk_sandbox.forgejo.timeline import timeline
from afk_sandbox.routing import application

_REPO = "/repos/{owner}/{repo}"
_ISSUE = _REPO + "/issues/{index:int}"
_PULL = _REPO + "/pulls/{index:int}"
_REVIEW = _PULL + "/reviews/{id:int}"
_WEB = "/{owner}/{repo}/issues"
_HISTORY = _WEB + "/{index:int}/content-history"

_API: tuple[tuple[str, str, Handler, str], ...] = (
    ("GET", "/version", people.get_version, ""),
    ("GET", "/user", people.get_user, "user"),
    ("GET", "/repos/issues/search", issues.search_issues, "issue"),
    ("GET", "/orgs/{org}/labels", labels.list_org_labels, "organization"),
    ("GET", "/repos/search", people.search_repositories, "repository"),
    ("GET", _REPO, people.get_repository, "repository"),
    ("GET", _REPO + "/assignees", people.list_assignees, "repository"),
    ("GET", _REPO + "/collaborators/{login}/permission", people.get_permission, "repository"),
    ("GET", _REPO + "/labels", labels.list_labels, "issue"),
    ("POST", _REPO + "/labels", labels.create_label, "issue"),
    ("PATCH", _REPO + "/labels/{label:int}", labels.edit_label, "issue"),
    ("GET", _REPO + "/issues", issues.list_issues, "issue"),
    ("POST", _REPO + "/issues", issues.create_issue, "issue"),
    ("GET", _REPO + "/issues/comments", comments.list_all_comments, "issue"),
    ("GET", _REPO + "/issues/comments/{id:int}", comments.get_comment, "issue"),
    ("PATCH", _REPO + "/issues/comments/{id:int}", comments.edit_comment, "issue"),
    ("DELETE", _REPO + "/issues/comments/{id:int}", comments.delete_comment, "issue"),
    ("POST", _REPO + "/issues/comments/{id:int}/reactions", comments.react, "issue"),
    ("GET", _ISSUE, issues.get_issue, "issue"),
    ("PATCH", _ISSUE, issues.edit_issue, "issue"),
    ("DELETE", _ISSUE, issues.delete_issue, "issue"),
    ("GET", _ISSUE + "/timeline", timeline, "issue"),
    ("GET", _ISSUE + "/comments", comments.list_comments, "issue"),
    ("POST", _ISSUE + "/comments", comments.create_comment, "issue"),
    ("GET", _ISSUE + "/labels", labels.issue_labels, "issue"),
    ("POST", _ISSUE + "/labels", labels.add_labels, "issue"),
    ("DELETE", _ISSUE + "/labels/{label:path}", labels.remove_label, "issue"),
    ("GET", _ISSUE + "/dependencies", comments.list_dependencies, "issue"),
    ("POST", _ISSUE + "/dependencies", comments.add_dependency, "issue"),
    ("DELETE", _ISSUE + "/dependencies", comments.remove_dependency, "issue"),
    ("GET", _REPO + "/pulls/{index:int}", pulls.get_pull, "repository"),
    ("GET", _REPO + "/branches/{branch:path}", commits.get_branch, "repository"),
    ("GET", _REPO + "/compare/{basehead:path}", commits.compare, "repository"),
    ("GET", _REPO + "/commits", commits.list_commits, "repository"),
    ("GET", _REPO + "/commits/{ref:path}/status", checks.combined_status, "repository"),
    ("GET", _REPO + "/commits/{ref:path}/statuses", checks.list_statuses, "repository"),
    ("POST", _REPO + "/statuses/{sha}", checks.create_status, "repository"),
    ("GET", _REPO + "/actions/runs", checks.list_runs, "repository"),
    ("GET", _REPO + "/actions/runs/{run:int}/jobs", jobs.list_jobs, "repository"),
    ("GET", _REPO + "/actions/jobs/{job:int}/logs", jobs.job_log, "repository"),
    ("DELETE", _REPO + "/branches/{branch:path}", pull_merging.delete_branch, "repository"),
    ("GET", _REPO + "/pulls", pulls.list_pulls, "repository"),
    ("POST", _REPO + "/pulls", pulls.create_pull, "repository"),
    ("GET", _PULL, pulls.get_pull, "repository"),
    ("PATCH", _PULL, pulls.edit_pull, "repository"),
    ("POST", _PULL + "/update", pull_merging.update_pull, "repository"),
    ("GET", _PULL + "/merge", pull_merging.is_merged, "repository"),
    ("POST", _PULL + "/merge", pull_merging.merge_pull, "repository"),
    ("GET", _PULL + "/reviews", reviews.list_reviews, "repository"),
    ("POST", _PULL + "/reviews", reviews.create_review, "repository"),
    ("GET", _REVIEW + "/comments", reviews.list_review_comments, "repository"),
    ("POST", _REVIEW + "/comments", reviews.create_review_comment, "repository"),
    ("GET", _REPO + "/pulls/{base}/{head:path}", pulls.find_pull, "repository"),
    ("GET", _REPO + "/actions/tasks", checks.list_tasks, "repository"),
    ("GET", _REPO + "/actions/secrets", settings.list_secrets, "repository"),
    ("PUT", _REPO + "/actions/secrets/{name}", settings.put_secret, "repository"),
    ("GET", _REPO + "/actions/variables/{name}", settings.get_variable, "repository"),
    ("POST", _REPO + "/actions/variables/{name}", settings.post_variable, "repository"),
    ("PUT", _REPO + "/actions/variables/{name}", settings.put_variable, "repository"),
)

_PAGES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", _WEB + "/new", web_pages.new_issue_page),
    ("POST", _WEB + "/new", web_pages.new_issue),
    ("GET", _HISTORY + "/overview", web_pages.history_overview),
    ("GET", _HISTORY + "/list", web_pages.history_list),
    ("POST", _HISTORY + "/soft-delete", web_pages.history_delete),
)


def forgejo_app(
    model: ForgeModel,
    *,
    version: Version | str = Version.V14,
    faults: FaultHook = no_faults,
    log: RequestLog | None = None,
) -> App:
    """Return the view as an ASGI application.

    ``faults`` is asked for every request and may spoil it; ``log`` is told of every request.
    An application that is to raise `Broken` must be served by `afk_sandbox.serving.serve`.
    """
    api = Api(model=model, version=Version(version))
    routes = [
        _route(method, "/api/v1" + path, api.endpoint(handler, scope))
        for method, path, handler, scope in _API
    ]
    routes += [
        _route(method, path, api.endpoint(handler, web=True)) for method, path, handler in _PAGES
    ]
    inner = application(routes, exception_handlers={404: _no_such_route, 405: _no_such_verb})
    gate = FaultGate(Settling(inner, model), faults)
    return Logged(gate, log if log is not None else RequestLog())


def _route(method: str, path: str, endpoint: object) -> Route:
    """Return a route for one verb; Forgejo does not answer HEAD where it answers GET."""
    route = Route(path, endpoint, methods=[method])  # type: ignore[arg-type]  # Endpoint's shape
    route.methods = {method}
    return route


async def _no_such_route(request: Request, error: Exception) -> Response:
    del request, error
    return PlainTextResponse(checks.NO_SUCH_ROUTE, 404)


async def _no_such_verb(request: Request, error: Exception) -> Response:
    del request, error
    return Response(status_code=405)
