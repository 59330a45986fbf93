"""How the Forgejo view says no, and that something moved; nothing here knows an endpoint."""

import html
import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

JSON: Final = "application/json;charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
PAGE: Final = "<!DOCTYPE html>\n<html><head><title>{}</title></head><body>{}</body></html>\n"
NOT_FOUND: Final = "The target couldn't be found."


class ApiError(Exception):
    """A refusal: ``message`` None answers without a body, ``page`` with a page of HTML."""

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        errors: list[str] | None = None,
        page: bool = False,
        null: bool = False,
    ) -> None:
        """``errors`` appears only where the endpoint's answers have it; ``null`` is JSON's."""
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.errors = errors
        self.page = page
        self.null = null


def unknown_token(token: str, *, repeated: bool) -> ApiError:
    """Return the refusal of a token; 16 repeats it, once for each way that it tried."""
    if not repeated:
        return ApiError(401, "user does not exist [uid: 0, name: ]")
    malformed = "token is malformed: token contains an invalid number of segments"
    return ApiError(
        401,
        f"{malformed}\naccess token does not exist [sha: {token}]\n{malformed}\n"
        f'task with token "{token}": resource does not exist\n'
        f"authorized integration: parse JWT error: {malformed}",
    )


def not_found(*errors: str) -> ApiError:
    """Return the 404 of most endpoints."""
    return ApiError(404, NOT_FOUND, errors=list(errors))


def empty(status: int = 204) -> Response:
    """Answer without a body."""
    return Response(status_code=status)


def redirect(request: Request, old: str, new: str, *, permanent: bool) -> Response:
    """Answer as Go's ``http.Redirect`` does: a page for a GET, nothing for the rest."""
    status, words = (301, "Moved Permanently") if permanent else (307, "Temporary Redirect")
    target = request.url.path.replace(f"/{old}", f"/{new}", 1)
    if request.url.query:
        target += f"?{request.url.query}"
    if request.method != "GET":
        return Response(status_code=status, headers={"Location": target})
    page = f'<a href="{html.escape(target)}">{words}</a>.\n\n'
    return Response(page, status, {"Location": target, "Content-Type": HTML})


def refusal(error: ApiError, root: str) -> Response:
    """Return the answer to a refused request."""
    if error.page:
        text = html.escape(error.message or "Forbidden")
        return Response(PAGE.format(text, text), error.status, {"Content-Type": HTML})
    if error.null:
        return Response("null", error.status, {"Content-Type": JSON})
    if error.message is None:
        return Response(status_code=error.status)
    data: dict[str, Any] = {"message": error.message, "url": f"{root}/api/swagger"}
    if error.errors is not None:
        data["errors"] = error.errors
    return Response(json.dumps(data), error.status, {"Content-Type": JSON})
