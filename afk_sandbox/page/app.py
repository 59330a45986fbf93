"""The sandbox's issue pages: plain HTML and forms, under the addresses that the forge has for them.

What is no page of ours goes on to the forge's own server behind. Handlers await the request's body
and nothing else, so that each is one act on the model. A small script fetches the page anew and
puts in what changed; without it everything works by loading the page again.
"""

import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from afk.types import Forge, IssueKey
from afk_sandbox.agents.learner import WAYS
from afk_sandbox.faults import App
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.page import acts
from afk_sandbox.page.agents import Doing, doing
from afk_sandbox.page.assets import ASSETS
from afk_sandbox.page.checks import checks, obstacles
from afk_sandbox.page.desk import Desk
from afk_sandbox.page.templates import fill
from afk_sandbox.page.timeline import timeline

_REPO: Final = "/{owner}/{repo}"
_NUMBER: Final = "/{number:int}"
_MOST_BYTES: Final = 512 * 1024


def pages(desk: Desk, behind: App) -> Starlette:
    """Return the pages of a desk, with the forge's own server behind them."""
    made = _Pages(desk)
    both = ["GET", "POST"]
    routes = [
        *ASSETS,
        Route("/", made.start),
        Route(_REPO, made.issues),
        Route(f"{_REPO}/issues", made.issues),
        Route(f"{_REPO}/issues/new", made.new, methods=both),
        *(
            Route(f"{_REPO}/{word}{_NUMBER}", made.one, methods=both)
            for word in ("issues", "pull", "pulls")
        ),
        Route(f"{_REPO}/commit/{{sha}}", made.commit),
        Route(f"{_REPO}/actions/runs/{{run:int}}", made.run),
        Route(f"{_REPO}/actions/runs/{{run:int}}/{{rest:path}}", made.run),
        Mount("/", app=behind),
    ]
    return Starlette(routes=routes)


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def start(self, request: Request) -> Response:
        """Show the repositories."""
        del request
        return self._page("start.html", repositories=self._desk.forge.repositories)

    async def issues(self, request: Request) -> Response:
        """Show a repository's issues and pull requests, open ones first."""
        if (repo := self._repo(request)) is None:
            return self._nothing()
        every = sorted(repo.issues.values(), key=lambda one: (not one.open, -one.number))
        rows = [(one, self._doing(one)) for one in every]
        return self._page("issues.html", repo=repo, rows=rows)

    async def new(self, request: Request) -> Response:
        """Show the form for a new issue, and take it."""
        if (repo := self._repo(request)) is None:
            return self._nothing()
        form: Mapping[str, str] = {}
        said = ""
        if request.method == "POST":
            form = await _form(request)
            if not self._known(form):
                return _stale()
            try:
                made = acts.open_issue(self._desk, repo, form)
            except acts.Refused as refused:
                said = str(refused)
            else:
                return RedirectResponse(self._desk.path(made), HTTPStatus.SEE_OTHER)
        status = HTTPStatus.CONFLICT if said else HTTPStatus.OK
        return self._page("new.html", status, repo=repo, ways=WAYS, said=said, form=form)

    async def one(self, request: Request) -> Response:
        """Show an issue or a pull request, and do what its forms ask for."""
        issue = self._issue(request)
        if issue is None:
            return self._nothing()
        said = ""
        if request.method == "POST":
            form = await _form(request)
            if not self._known(form):
                return _stale()
            try:
                acts.act(self._desk, issue, form)
            except acts.Refused as refused:
                said = str(refused)
            else:
                where = self._desk.path(issue)
                if form["act"] == "comment":
                    where += f"#issuecomment-{issue.comments[-1].id}"
                return RedirectResponse(where, HTTPStatus.SEE_OTHER)
        elif request.url.path != self._desk.path(issue):
            return RedirectResponse(self._desk.path(issue), HTTPStatus.SEE_OTHER)
        return self._shown(issue, said)

    async def commit(self, request: Request) -> Response:
        """Show a commit: its message, the lines it writes, its checks."""
        repo, sha = self._repo(request), request.path_params["sha"]
        found = repo.commits.get(sha) if repo is not None else None
        if repo is None or found is None:
            return self._nothing()
        ran = checks(self._desk.forge, repo, sha)
        return self._page("commit.html", repo=repo, commit=found, checks=ran)

    async def run(self, request: Request) -> Response:
        """Lead from a workflow run to its commit, which shows all checks."""
        repo, wanted = self._repo(request), request.path_params["run"]
        runs = repo.runs if repo is not None else []
        by_id = self._desk.kind is Forge.GITHUB
        found = next((one for one in runs if wanted == (one.id if by_id else one.number)), None)
        if repo is None or found is None:
            return self._nothing()
        where = f"/{repo.full_name}/commit/{found.sha}#checks"
        return RedirectResponse(where, HTTPStatus.SEE_OTHER)

    def _shown(self, issue: Issue, said: str) -> Response:
        desk = self._desk
        more: dict[str, object] = {}
        about = issue
        pull = issue.pull
        if pull is not None:
            desk.forge.settle()
            closed = desk.forge.closes(pull)
            about = closed[0] if closed else issue
            more = {
                "checks": checks(desk.forge, pull.repo, pull.head_sha),
                "obstacles": obstacles(desk.forge, pull, desk.you) if pull.open else [],
                "draft": desk.forge.is_draft(pull),
                "closes": closed,
            }
        return self._page(
            "pull.html" if pull is not None else "issue.html",
            HTTPStatus.CONFLICT if said else HTTPStatus.OK,
            issue=issue,
            pull=pull,
            repo=issue.repo,
            pulls=desk.pulls_for(issue),
            labels=desk.forge.labels_for(issue.repo),
            entries=timeline(issue),
            doing=self._doing(about),
            said=said,
            **more,
        )

    def _page(self, name: str, status: int = HTTPStatus.OK, **values: object) -> Response:
        return HTMLResponse(fill(name, desk=self._desk, **values), status)

    def _nothing(self) -> Response:
        what = "There is nothing under this address."
        return HTMLResponse(fill("nothing.html", what=what), HTTPStatus.NOT_FOUND)

    def _repo(self, request: Request) -> Repository | None:
        return self._desk.repository(request.path_params["owner"], request.path_params["repo"])

    def _issue(self, request: Request) -> Issue | None:
        repo = self._repo(request)
        return repo.issues.get(request.path_params["number"]) if repo is not None else None

    def _doing(self, issue: Issue) -> Doing:
        return doing(self._desk.t3, IssueKey(issue.repo.full_name, issue.number))

    def _known(self, form: Mapping[str, str]) -> bool:
        """Say whether a form is one of this desk's own."""
        return hmac.compare_digest(form.get("secret", "").encode(), self._desk.secret.encode())


async def _form(request: Request) -> Mapping[str, str]:
    """Return a form's fields; one that is too long has none, and so is none of ours."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _stale() -> Response:
    words = "This form is none of this sandbox's, or of one that was ended: load the page again.\n"
    return PlainTextResponse(words, HTTPStatus.FORBIDDEN)
