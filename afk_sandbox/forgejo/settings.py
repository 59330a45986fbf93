"""Forgejo's endpoints for secrets and variables of a repository's workflows.

The owner's alone. As a 14.0.0 and an 11.0.15 answered (cassettes ``test_settings__*``): a secret is
201 when made and 204 when replaced, a variable 204 both ways; a second POST is 409, a PUT of none
404. 11's list of variables has empty values.
"""

import re
from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.records import Access
from afk_sandbox.forgejo import shapes
from afk_sandbox.forgejo.answers import ApiError, empty
from afk_sandbox.forgejo.call import Call

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TAKEN: Final = ("GITEA_", "GITHUB_", "FORGEJO_")


def list_secrets(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/secrets."""
    repo = _owned(call)
    now = shapes.time(call.model.now())
    found = [{"name": name, "created_at": now} for name in sorted(repo.secrets)]
    return call.answer(call.paged(found), total=len(found))


def put_secret(call: Call) -> Response:
    """PUT /repos/{o}/{r}/actions/secrets/{name}."""
    repo, name, data = _owned(call), _name(call, "secret"), _given(call, "data", "Data")
    made = name not in repo.secrets
    repo.secrets[name] = data
    return Response(status_code=201) if made else empty()


def get_variable(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/variables/{name}."""
    repo, name = _owned(call), call.request.path_params["name"].upper()
    if name not in repo.variables:
        raise ApiError(404, "variable not found")
    shown: dict[str, Any] = {"owner_id": 0, "repo_id": repo.id, "name": name}
    return call.answer({**shown, "data": repo.variables[name]})


def post_variable(call: Call) -> Response:
    """POST /repos/{o}/{r}/actions/variables/{name}."""
    repo, name, value = _owned(call), _name(call, "variable"), _given(call, "value", "Value")
    if name in repo.variables:
        raise ApiError(409, f"variable name {name} already exists")
    repo.variables[name] = value
    return empty()


def put_variable(call: Call) -> Response:
    """PUT /repos/{o}/{r}/actions/variables/{name}."""
    repo, name, value = _owned(call), _name(call, "variable"), _given(call, "value", "Value")
    if name not in repo.variables:
        raise ApiError(404, "variable not found")
    repo.variables[name] = value
    return empty()


def _owned(call: Call) -> Any:
    """Return the repository; an administrator of it who does not own it is refused."""
    if call.caller is None or call.model.role(call.repo, call.caller) < Access.OWNER:
        raise ApiError(403, "user should be the owner of the repo")
    return call.repo


def _name(call: Call, kind: str) -> str:
    name = str(call.request.path_params["name"]).upper()
    if not _NAME.fullmatch(name) or name.startswith(_TAKEN):
        raise ApiError(400, f"invalid {kind} name")
    return name


def _given(call: Call, field: str, shown: str) -> str:
    text = call.body.get(field) if isinstance(call.body, dict) else None
    if not isinstance(text, str) or not text:
        raise ApiError(422, f"[{shown}]: Required")
    return text
