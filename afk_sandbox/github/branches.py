"""GitHub's REST endpoint for a branch (recordings ``github/138``, ``139``)."""

from starlette.responses import Response

from afk_sandbox.github.answers import ApiError
from afk_sandbox.github.call import Call
from afk_sandbox.github.repository_shapes import commit
from afk_sandbox.github.shapes import repo_api


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
