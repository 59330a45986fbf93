"""Makes endpoints of the GitHub view's handlers: tokens, quota, repositories, headers.

Recordings of ``github/``: ``127`` (a bad token), ``063`` (no token), ``123`` to ``126`` (moved
repositories), ``013``, ``015`` (the deprecated API version), ``030``, ``134`` (headers).
The limit's texts: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import ALL_SCOPES, Account, AccountKind, Repository
from afk_sandbox.forge.request_log import http_date
from afk_sandbox.github.answers import DOCS, ApiError, Moved, not_found, redirect, refusal
from afk_sandbox.github.call import Call
from afk_sandbox.github.quota import Quota, Spent
from afk_sandbox.routing import add_headers, root_of

Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

LIMIT_DOCS: Final = "https://docs.github.com/rest/overview/resources-in-the-rest-api#rate-limiting"
_OLD_VERSION: Final = "2022-11-28"
_DEPRECATED_FROM: Final = datetime(2026, 3, 10, tzinfo=UTC)
_DEPRECATION: Final = {
    "deprecation": "Tue, 10 Mar 2026 00:00:00 GMT",
    "sunset": "Fri, 10 Mar 2028 00:00:00 GMT",
}
_VERSIONS: Final = "https://docs.github.com/en/rest/about-the-rest-api/api-versions"
_SCHEME_AND_TOKEN: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One endpoint: ``docs`` is its page, ``permission`` what an app needs for it."""

    method: str
    path: str
    handler: Handler
    docs: str
    permission: str = "metadata=read"


@dataclass(slots=True, kw_only=True)
class Api:
    """Serves rows."""

    model: ForgeModel
    quota: Quota
    requests: int = 0

    def endpoint(self, row: Row) -> Endpoint:
        """Wrap a handler."""

        async def answer(request: Request) -> Response:
            raw = await request.body()
            caller: Account | None = None
            spent: Spent | None = None
            try:
                caller = self.authenticate(request, DOCS)
                spent = self.quota.spend(caller, "core", 1)
                if spent.exceeded:
                    raise _exceeded(request, caller)
                response = row.handler(self._call(request, caller, raw))
            except Moved as moved:
                response = redirect(moved, request.method)
            except ApiError as error:
                response = refusal(error, row.docs)
            add_headers(response, self.headers(request, spent, "github.v3; format=json"))
            if caller is not None:
                add_headers(response, self.token_headers(request, row.permission))
            deprecate(request, response, self.model.now())
            return response

        return answer

    def headers(self, request: Request, spent: Spent | None, media: str) -> dict[str, str]:
        """Return what every answer carries."""
        self.requests += 1
        now = self.model.now()
        number, second = self.requests, int(now.timestamp())
        named = {
            "date": http_date(now),
            "server": "GitHub.com",
            "x-github-media-type": media,
            "x-github-request-id": f"AF4B:{number:X}:{number:06X}:{number:07X}:{second:08X}",
        }
        version = request.headers.get("x-github-api-version", "")
        if version:
            named["x-github-api-version-selected"] = version
        if spent is not None:
            named |= spent.headers
        return named

    def authenticate(self, request: Request, docs: str) -> Account | None:
        """Return whose token it is, None without one; 401 for any other credential."""
        words = request.headers.get("authorization", "").split()
        if not words:
            return None
        token = None
        if len(words) == _SCHEME_AND_TOKEN and words[0].lower() in ("token", "bearer"):
            token = self.model.tokens.get(words[1])
        if token is None or (token.expires_at and token.expires_at <= self.model.now()):
            raise ApiError(401, "Bad credentials", docs=docs)
        return token.account

    def token_headers(self, request: Request, permission: str) -> dict[str, str]:
        """Return what tells of a token's rights, an app's or a user's (``134``, ``030``), and end.

        A token that may do everything is shown with ``repo``; ``133`` has the form of the end.
        """
        token = self.model.tokens[request.headers["authorization"].split()[1]]
        if token.account.kind is AccountKind.BOT:
            return {"x-accepted-github-permissions": permission}
        scopes = "repo" if token.scopes == ALL_SCOPES else ", ".join(sorted(token.scopes))
        shown = {"x-oauth-scopes": scopes, "x-accepted-oauth-scopes": ""}
        if token.expires_at is not None:
            end = f"{token.expires_at:%Y-%m-%d %H:%M:%S} UTC"
            shown["github-authentication-token-expiration"] = end
        return shown

    def _call(self, request: Request, caller: Account | None, raw: bytes) -> Call:
        call = Call(
            model=self.model,
            caller=caller,
            root=root_of(request),
            request=request,
            body=parsed(raw),
        )
        params = request.path_params
        if "repository_id" in params:
            found = (one for one in self.model.repositories if one.id == params["repository_id"])
            call.repository = next((one for one in found if call.sees(one)), None)
            if call.repository is None:
                raise not_found()
        elif "owner" in params:
            call.repository = self._named(call)
        return call

    def _named(self, call: Call) -> Repository:
        """Return the repository of the name in the path. Raises `Moved`, or 404."""
        name = f"{call.path('owner')}/{call.path('repo')}"
        repo = call.found(name)
        if repo is None:
            raise not_found()
        if self.model.repository(name) is None:
            rest = call.request.url.path.partition(f"/repos/{name}")[2]
            raise Moved(f"{call.api}/repositories/{repo.id}{rest}")
        return repo


def deprecate(request: Request, response: Response, now: datetime) -> None:
    """Mark an answer to a request in the old API version, whatever else its ``Link`` says."""
    old = request.headers.get("x-github-api-version") == _OLD_VERSION
    if not old or now < _DEPRECATED_FROM:
        return
    response.headers.update(_DEPRECATION)
    link = f'<{_VERSIONS}>; rel="deprecation"; type="text/html"'
    before = response.headers.get("link")
    response.headers["link"] = f"{before}, {link}" if before else link


def parsed(raw: bytes) -> Any:
    """Return a body's JSON, an empty object without a body; 400 for anything else (``153``)."""
    try:
        return json.loads(raw) if raw else {}
    except ValueError:
        raise ApiError(400, "Problems parsing JSON") from None


def _exceeded(request: Request, caller: Account | None) -> ApiError:
    who = f"user ID {caller.id}" if caller else (request.client.host if request.client else "?")
    return ApiError(403, f"API rate limit exceeded for {who}.", docs=LIMIT_DOCS)
