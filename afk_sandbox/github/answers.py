"""How the GitHub view says no, and that something moved; nothing here knows an endpoint.

Recordings of ``github/``: ``012``, ``130`` (404), ``014``, ``042`` (422), ``019``, ``128`` (403),
``063``, ``127`` (401), ``123``, ``125`` (redirects). From what clients were answered, without a
recording: 410 (https://github.com/kenn-io/forge/pull/898), a body too long
(https://github.com/reg-viz/reg-actions/issues/123), a locked issue
(https://github.com/renovatebot/renovate/issues/6215).
"""

import json
from typing import Any, Final

from starlette.responses import Response

JSON: Final = "application/json; charset=utf-8"
DOCS: Final = "https://docs.github.com/rest"
_REDIRECTS: Final = "https://docs.github.com/v3/#http-redirects"
_LOCKING: Final = "https://docs.github.com/articles/locking-conversations/"
_DELETED: Final = "https://docs.github.com/v3/issues/#get-an-issue"

Problem = dict[str, str]


class ApiError(Exception):
    """A refusal; ``docs`` where it names another page than the endpoint's own."""

    def __init__(
        self, status: int, message: str, *, errors: list[Problem] | None = None, docs: str = ""
    ) -> None:
        """``errors`` are the entries of a 422."""
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.errors = errors
        self.docs = docs


class Moved(Exception):
    """What was asked for is elsewhere; ``url`` is where."""

    def __init__(self, url: str) -> None:
        """``url`` is absolute."""
        super().__init__(url)
        self.url = url


def not_found() -> ApiError:
    """Return the 404 of most endpoints, also for what the caller may not see."""
    return ApiError(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str = "") -> ApiError:
    """Return the 422 that names what is wrong with a field."""
    problem = {"resource": resource, "code": code, "field": field}
    if message:
        problem["message"] = message
    return ApiError(422, "Validation Failed", errors=[problem])


def too_long(resource: str) -> ApiError:
    """Return the 422 for a text beyond GitHub's bound."""
    text = "Body is too long (maximum is 65536 characters)"
    return invalid(resource, "data", "unprocessable", text)


def deleted() -> ApiError:
    """Return the 410 for an issue that was deleted."""
    return ApiError(410, "This issue was deleted", docs=_DELETED)


def locked() -> ApiError:
    """Return the 403 for a comment on a locked issue."""
    return ApiError(403, "Unable to create comment because issue is locked.", docs=_LOCKING)


def redirect(moved: Moved, method: str) -> Response:
    """Return the redirect: a permanent one only where the method cannot change."""
    status = 301 if method in ("GET", "HEAD") else 307
    data = {"message": "Moved Permanently", "url": moved.url, "documentation_url": _REDIRECTS}
    return Response(json.dumps(data), status, {"Location": moved.url, "Content-Type": JSON})


def refusal(error: ApiError, docs: str) -> Response:
    """Return the answer to a refused request; ``docs`` is the endpoint's own page."""
    data: dict[str, Any] = {"message": error.message}
    if error.errors is not None:
        data["errors"] = error.errors
    data["documentation_url"] = error.docs or docs
    return Response(json.dumps(data), error.status, {"Content-Type": JSON})


def empty(status: int = 204) -> Response:
    """Answer without a body."""
    return Response(status_code=status)
