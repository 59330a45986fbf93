"""GitHub's REST endpoint for a branch (recordings ``github/138``, ``139``).

Of classic protection it shows the required checks to everybody, and nothing else of it
(https://github.com/mondoohq/mql/issues/4296); rulesets only make it ``protected``.
"""

from typing import Any

from starlette.responses import Response

from afk_sandbox.forge.rules_of_branches import Protection
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
    rules = call.model.protections(call.repo, name)
    classic = [one for one in rules if not one.ruleset]
    return call.answer(
        {
            "name": name,
            "commit": commit(call, call.repo.commits[sha], call.repo),
            "_links": {"self": api, "html": f"{call.root}/{call.repo.full_name}/tree/{name}"},
            "protected": bool(rules),
            "protection": _protection(classic),
            "protection_url": f"{api}/protection",
        }
    )


def _protection(classic: list[Protection]) -> dict[str, Any]:
    contexts = list(dict.fromkeys(name for one in classic for name in one.required))
    checks = {
        "enforcement_level": "everyone" if contexts else "off",
        "contexts": contexts,
        "checks": [{"context": name, "app_id": None} for name in contexts],
    }
    return {"enabled": bool(classic), "required_status_checks": checks}
