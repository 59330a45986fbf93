"""GitHub's REST endpoints for branches and commits.

Recordings of ``github/``: ``138``, ``139`` (branch), ``068`` (list, newest first), ``064`` to
``067`` (compare, oldest first; 250 commits without pages; files on the first page only). What an
unknown ref is answered is OpenAPI's and, without a recording, what clients report.
"""

from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.records import Commit
from afk_sandbox.github.answers import ApiError, not_found
from afk_sandbox.github.call import Call
from afk_sandbox.github.repository_shapes import changed_file, commit
from afk_sandbox.github.shapes import repo_api

_UNPAGED: Final = 250
_FILES: Final = 300
_SHORTEST_SHA: Final = 7


def get_branch(call: Call) -> Response:
    """GET /repos/{o}/{r}/branches/{branch}."""
    name = call.path("branch")
    sha = call.repo.branches.get(name)
    if sha is None:
        raise ApiError(404, "Branch not found")
    api = f"{repo_api(call, call.repo)}/branches/{name}"
    checks = {"enforcement_level": "off", "contexts": [], "checks": []}
    return call.answer(
        {
            "name": name,
            "commit": commit(call, call.repo.commits[sha], call.repo),
            "_links": {"self": api, "html": f"{call.root}/{call.repo.full_name}/tree/{name}"},
            "protected": False,
            "protection": {"enabled": False, "required_status_checks": checks},
            "protection_url": f"{api}/protection",
        }
    )


def list_commits(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits."""
    repo = call.repo
    if not repo.commits:
        raise ApiError(409, "Git Repository is empty.")
    head = call.model.resolve(repo, call.query("sha") or repo.default_branch)
    if not head:
        raise not_found()
    since, until, author = call.since(), call.since("until"), call.query("author")
    found = [
        one
        for one in call.model.history(repo, head)
        if (since is None or one.at >= since)
        and (until is None or one.at <= until)
        and author in ("", one.author.login, one.author.email)
    ]
    return call.answer([commit(call, one, repo) for one in call.paged(found)], total=len(found))


def get_commit(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}."""
    one = found(call, call.path("ref"))
    files = [changed_file(call, one, call.repo)]
    stats = {"total": 1, "additions": 1, "deletions": 0}
    return call.answer(commit(call, one, call.repo) | {"stats": stats, "files": files})


def found(call: Call, ref: str) -> Commit:
    """Return the commit of a branch or sha; 422 when there is none."""
    sha = resolve(call, ref)
    if not sha:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    return call.repo.commits[sha]


def resolve(call: Call, ref: str) -> str:
    """Return the sha of a branch, or of a commit by the beginning of its sha."""
    whole = call.model.resolve(call.repo, ref.removeprefix("heads/"))
    if whole or len(ref) < _SHORTEST_SHA:
        return whole
    return next((sha for sha in call.repo.commits if sha.startswith(ref)), "")


def compare(call: Call) -> Response:
    """GET /repos/{o}/{r}/compare/{base}...{head}."""
    base_ref, _, head_ref = call.path("basehead").partition("...")
    repo, model = call.repo, call.model
    shas = [resolve(call, ref) for ref in (base_ref, head_ref)]
    if not all(shas):
        raise not_found()
    ahead = model.commits_between(repo, *shas)[::-1]
    behind = model.commits_between(repo, *reversed(shas))
    known = {one.sha for one in ahead}
    common = next((c for c in model.history(repo, shas[1]) if c.sha not in known), None)
    paged = bool({"page", "per_page"} & set(call.request.query_params))
    shown = list(call.paged(ahead)) if paged else ahead[-_UNPAGED:]
    api = f"{repo_api(call, repo)}/compare/{base_ref}...{head_ref}"
    page = f"{call.root}/{repo.full_name}/compare/{base_ref}...{head_ref}"
    owner = repo.owner.login
    data: dict[str, Any] = {
        "url": api,
        "html_url": page,
        "permalink_url": f"{call.root}/{repo.full_name}/compare/"
        f"{owner}:{shas[0][:7]}...{owner}:{shas[1][:7]}",
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commit(call, repo.commits[shas[0]], repo),
        "merge_base_commit": commit(call, common or repo.commits[shas[0]], repo),
        "status": _status(len(ahead), len(behind)),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit(call, one, repo) for one in shown],
    }
    if call.page == 1:
        data["files"] = [changed_file(call, one, repo) for one in ahead[:_FILES]]
    return call.answer(data, total=len(ahead) if paged else None, ends=True)


def _status(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"
