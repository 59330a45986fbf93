"""GitHub's REST endpoints for secrets and variables of a repository's workflows.

As its description has them (npm ``@octokit/openapi``); not recorded. The description tells of no
refusals: those are answered as elsewhere on GitHub. "Authenticated users must have collaborator
access to a repository to create, update, or read secrets." What a secret holds came sealed for
`PUBLIC_KEY` and stays so; ``OPENS`` is the other half, for who looks into the model.
"""

from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.github.answers import ApiError, not_found
from afk_sandbox.github.call import Call
from afk_sandbox.github.shapes import time

PUBLIC_KEY: Final = "M6hl2x34aJ+A3Di83dE1jiXyYjNYELmJkLGeYMcrpkA="
OPENS: Final = "sDqMKdNh+BM9EsV0M6e0nHXHkEteP2KJdGcbrgmrGJM="
KEY_ID: Final = "568250167242549743"


def list_secrets(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/secrets."""
    call.may_write()
    now = time(call.model.now())
    names = sorted(call.repo.secrets)
    found = [{"name": name, "created_at": now, "updated_at": now} for name in names]
    return call.answer({"total_count": len(found), "secrets": call.paged(found)})


def get_public_key(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/secrets/public-key."""
    call.may_write()
    return call.answer({"key_id": KEY_ID, "key": PUBLIC_KEY})


def put_secret(call: Call) -> Response:
    """PUT /repos/{o}/{r}/actions/secrets/{name}: 201 for a new one, 204 for one replaced."""
    call.may_write()
    name, sealed = call.path("name").upper(), call.text("encrypted_value")
    if not sealed or call.text("key_id") != KEY_ID:
        raise ApiError(422, "Bad request - no encrypted value, or another key's")
    made = name not in call.repo.secrets
    call.repo.secrets[name] = sealed
    return call.answer({}, 201) if made else Response(status_code=204)


def get_variable(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/variables/{name}."""
    call.may_write()
    name = call.path("name").upper()
    if name not in call.repo.variables:
        raise not_found()
    return call.answer(_shown(call, name))


def post_variable(call: Call) -> Response:
    """POST /repos/{o}/{r}/actions/variables."""
    call.may_write()
    name = call.text("name").upper()
    if name in call.repo.variables:
        raise ApiError(409, "Already exists - Variable already exists")
    call.repo.variables[name] = call.text("value")
    return call.answer({}, 201)


def patch_variable(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/actions/variables/{name}."""
    call.may_write()
    name = call.path("name").upper()
    if name not in call.repo.variables:
        raise not_found()
    call.repo.variables[name] = call.text("value")
    return Response(status_code=204)


def _shown(call: Call, name: str) -> dict[str, Any]:
    now = time(call.model.now())
    return {
        "name": name,
        "value": call.repo.variables[name],
        "created_at": now,
        "updated_at": now,
    }
