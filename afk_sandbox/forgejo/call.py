"""One API call to the Forgejo view: who asks, about which repository, and how it is refused.

Owns authentication, scopes, the look-up of repositories (moved and hidden ones included) and
what every endpoint shares; what an endpoint does is its handler's business. Recordings: ``004`` to
``009``, ``014``, ``123`` to ``125``, ``178`` to ``183`` of ``forgejo/14.0.0`` and ``11.0.15``.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import ALL_SCOPES, Access, Account, Issue, Repository, Token, Unit
from afk_sandbox.forge.request_log import http_date
from afk_sandbox.forgejo.answers import JSON, ApiError, not_found, redirect, refusal, unknown_token
from afk_sandbox.routing import add_headers, root_of

_DEFAULT_LIMIT: Final = 30
_MOST: Final = 50
_SCHEME_AND_TOKEN: Final = 2


@unique
class Version(StrEnum):
    """The releases that the view can answer as."""

    V16 = "16.0.0-dev"
    V14 = "14.0.0"
    V11 = "11.0.15"


@dataclass(slots=True, kw_only=True)
class Call:
    """One request with what was found out about it before its handler runs."""

    model: ForgeModel
    version: Version
    request: Request
    caller: Account | None
    token: Token | None
    body: Any
    repository: Repository | None = None
    root: str = field(init=False)
    """The server's own address, without a final slash."""

    def __post_init__(self) -> None:
        """Look once for what nearly every part of an answer tells."""
        self.root = root_of(self.request)

    @property
    def v14(self) -> bool:
        """Say whether the answer is 14's, which 16 kept, where it differs from 11's."""
        return self.version is not Version.V11

    @property
    def v16(self) -> bool:
        """Say whether the answer is 16's where it differs from 14's."""
        return self.version is Version.V16

    @property
    def repo(self) -> Repository:
        """Return the repository in the path."""
        if self.repository is None:
            raise not_found()
        return self.repository

    @property
    def user(self) -> Account:
        """Return the caller; 401 for anybody."""
        if self.caller is None:
            raise ApiError(401, "token is required")
        return self.caller

    def rights(self, unit: Unit = Unit.ISSUES) -> Access:
        """Return what the caller may do with a part of the repository."""
        return self.model.rights(self.repo, self.caller, unit)

    def writes(self, unit: Unit = Unit.ISSUES) -> bool:
        """Say whether the caller may write to a part of the repository."""
        return self.rights(unit) >= Access.WRITE

    def not_archived(self) -> None:
        """Refuse with 423 in an archived repository; not every write asks this."""
        if self.repo.archived_at is not None:
            name = f"<Repository {self.repo.id}:{self.repo.full_name}>"
            raise ApiError(423, f"{name} is archived")

    def can_see(self, repo: Repository) -> bool:
        """Say whether the caller's account and token may see a repository."""
        if repo.private and self.token is not None and self.token.public_only:
            return False
        return self.model.visible(repo, self.caller)

    def issue(self) -> Issue:
        """Return the issue in the path."""
        found = self.repo.issues.get(self.request.path_params["index"])
        if found is None:
            raise not_found()
        return found

    def query(self, name: str, default: str = "") -> str:
        """Return a query parameter."""
        return self.request.query_params.get(name, default)

    def flag(self, name: str) -> bool:
        """Return a query parameter that is true unless it says false."""
        return self.query(name, "true").lower() not in ("false", "0")

    def between(self, at: datetime) -> bool:
        """Say whether a time lies between ``since`` and ``before``, both included. Raises 422."""
        second = at.replace(microsecond=0)
        since, before = self._moment("since"), self._moment("before")
        return (since is None or second >= since) and (before is None or second <= before)

    def _moment(self, name: str) -> datetime | None:
        text = self.query(name)
        try:
            return datetime.fromisoformat(text).astimezone(UTC) if text else None
        except ValueError:
            raise ApiError(422, f'parsing time "{text}": cannot parse') from None

    @property
    def limit(self) -> int:
        """Return the page size: 30 unless given, never above 50."""
        limit = _number(self.query("limit"))
        return min(limit, _MOST) if limit > 0 else _DEFAULT_LIMIT

    @property
    def page(self) -> int:
        """Return the page, from 1."""
        return max(_number(self.query("page")), 1)

    def paged(self, items: list[Any]) -> list[Any]:
        """Return the asked page of a list."""
        start = (self.page - 1) * self.limit
        return items[start : start + self.limit]

    def _links(self, total: int) -> dict[str, str]:
        """Return the ``Link`` header of a paged list, none when all is on one page."""
        last = -(-total // self.limit)
        page = min(self.page, last)
        found = []
        if page < last:
            found += [("next", page + 1), ("last", last)]
        if page > 1:
            found += [("first", 1), ("prev", page - 1)]
        if not found:
            return {}
        base = f"{self.root}{self.request.url.path}?"
        given = dict(self.request.query_params)
        parts = [
            f'<{base}{urlencode(sorted({**given, "page": str(number)}.items()))}>; rel="{rel}"'
            for rel, number in found
        ]
        return {"Link": ",".join(parts)}

    def answer(
        self,
        data: Any,
        status: int = 200,
        *,
        total: int | None = None,
        paged: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer with JSON; ``total`` items in all, with links to other pages if ``paged``."""
        named = dict(headers or {})
        if total is not None:
            named["X-Total-Count"] = str(total)
        if paged and total is not None:
            named |= self._links(total)
        return Response(to_json(data), status, {**named, "Content-Type": JSON})


Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Makes endpoints of handlers."""

    model: ForgeModel
    version: Version

    def endpoint(self, handler: Handler, scope: str = "", *, web: bool = False) -> Endpoint:
        """Wrap a handler; ``scope`` is the category its token needs, none for anybody's.

        ``web`` routes take the session's cookie instead of a token.
        """

        async def answer(request: Request) -> Response:
            raw = await request.body()
            try:
                call = self._web_call(request, raw) if web else self._call(request, raw, scope)
                response = call if isinstance(call, Response) else handler(call)
            except ApiError as error:
                response = refusal(error, root_of(request))
            add_headers(response, {"Date": http_date(self.model.now())})
            return response

        return answer

    def _call(self, request: Request, raw: bytes, scope: str) -> Call | Response:
        token = self._token(request)
        call = Call(
            model=self.model,
            version=self.version,
            request=request,
            caller=token.account if token else None,
            token=token,
            body=_parsed(raw),
        )
        if scope and token is not None and token.scopes != ALL_SCOPES:
            level = "read" if request.method == "GET" else "write"
            if not token.allows(level, scope):
                raise ApiError(
                    403,
                    f"token does not have at least one of required scope(s): [{level}:{scope}]",
                )
        if "repo" in request.path_params:
            moved = self._find(call)
            if moved is not None:
                return moved
            if not call.can_see(call.repo):
                if call.v16:
                    raise not_found()
                what = "issues" if scope == "issue" else "repos"
                raise ApiError(403, f"token scope is limited to public {what}")
        if request.method != "GET" and call.caller is None:
            raise ApiError(401, "token is required")
        return call

    def _web_call(self, request: Request, raw: bytes) -> Call | Response:
        caller = self.model.sessions.get(request.cookies.get("i_like_gitea", ""))
        call = Call(
            model=self.model,
            version=self.version,
            request=request,
            caller=caller,
            token=None,
            body=dict(parse_qsl(raw.decode("utf-8", "replace"))),
        )
        try:
            moved = self._find(call)
        except ApiError as error:
            raise ApiError(error.status, "Page Not Found", page=True) from error
        return call if moved is None else moved

    def _token(self, request: Request) -> Token | None:
        """Return the bearer's token; a scheme without one, or another scheme, is anonymous."""
        words = request.headers.get("authorization", "").split()
        if len(words) != _SCHEME_AND_TOKEN or words[0].lower() not in ("token", "bearer"):
            return None
        token = self.model.tokens.get(words[1])
        if token is None:
            raise unknown_token(words[1], repeated=self.version is Version.V16)
        return token

    def _find(self, call: Call) -> Response | None:
        """Set the repository in the path, or return where it moved. Raises 404."""
        params = call.request.path_params
        name = f"{params['owner']}/{params['repo']}"
        repo = self.model.repository(name)
        if repo is not None and self.model.visible(repo, call.caller):
            call.repository = repo
            return None
        moved = self.model.moved_repository(name) if repo is None else None
        if moved is None:
            raise not_found()
        return redirect(call.request, name, moved.full_name, permanent=call.v14)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _parsed(raw: bytes) -> Any:
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError as error:
        raise ApiError(422, f"[]: {error}") from error
