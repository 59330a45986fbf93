"""One request to the GitHub view: who asks, about which repository, and what they may.

Owns what REST and GraphQL share (`Viewer`) and what every REST endpoint needs (`Call`): the
look-up of repositories and issues, moved and hidden ones included, rights, pages. What an
endpoint does is its handler's business, how it is served `afk_sandbox.github.api`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Access, Account, AccountKind, Issue, Repository
from afk_sandbox.github.answers import JSON, ApiError, Moved, deleted, not_found

BOT_SUFFIX: Final = "[bot]"
_DEFAULT_SIZE: Final = 30
_MOST: Final = 100


@dataclass(slots=True, kw_only=True)
class Viewer:
    """Somebody (None: anybody) looking at the forge; ``root`` is its address, without a slash."""

    model: ForgeModel
    caller: Account | None
    root: str

    @property
    def api(self) -> str:
        """Return the address of the REST API."""
        return f"{self.root}/api/v3"

    def sees(self, repo: Repository) -> bool:
        """Say whether the caller can see a repository."""
        return self.model.visible(repo, self.caller)

    def rights(self, repo: Repository) -> Access:
        """Return what the caller may do in a repository."""
        return self.model.rights(repo, self.caller)

    def found(self, full_name: str, *, follow: bool = True) -> Repository | None:
        """Return a repository that the caller can see, by its name or a former one."""
        repo = self.model.repository(full_name)
        if repo is None and follow:
            repo = self.model.moved_repository(full_name)
        return repo if repo is not None and self.sees(repo) else None

    @property
    def is_bot(self) -> bool:
        """Say whether an app asks."""
        return self.caller is not None and self.caller.kind is AccountKind.BOT


@dataclass(slots=True, kw_only=True)
class Call(Viewer):
    """One REST request."""

    request: Request
    body: Any
    repository: Repository | None = None

    @property
    def repo(self) -> Repository:
        """Return the repository in the path."""
        if self.repository is None:
            raise not_found()
        return self.repository

    @property
    def user(self) -> Account:
        """Return the caller; 401 for anybody (recording ``github/063``)."""
        if self.caller is None:
            raise ApiError(401, "Requires authentication")
        return self.caller

    @property
    def fields(self) -> dict[str, Any]:
        """Return the body's fields, none where it is no object."""
        return self.body if isinstance(self.body, dict) else {}

    def path(self, name: str) -> str:
        """Return a parameter of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """Return a number in the path."""
        return int(self.request.path_params[name])

    # Rights

    def may_write(self) -> Account:
        """Return the caller if they have write; 403 for others (recordings ``019``, ``128``)."""
        caller = self.user
        if self.rights(self.repo) < Access.WRITE:
            raise self.forbidden()
        self.not_archived()
        return caller

    def may_take_part(self) -> Account:
        """Return the caller if they may write what every reader may."""
        caller = self.user
        self.not_archived()
        return caller

    def forbidden(self) -> ApiError:
        """Return the refusal for a caller without write."""
        if self.is_bot:
            return ApiError(403, "Resource not accessible by integration")
        return ApiError(403, "Must have admin rights to Repository.")

    def not_archived(self) -> None:
        """Refuse in an archived repository."""
        if self.repo.archived_at is not None:
            raise ApiError(403, "Repository was archived so is read-only.")

    # Issues

    def issue(self, *, moves: bool = True) -> Issue:
        """Return the issue in the path.

        ``moves``: a transferred one is redirected to. GitHub does so for the issue itself, its
        labels and dependencies (OpenAPI: 301), not for its comments and events
        (https://github.com/Systemorph/MeshWeaver/issues/4629).
        """
        number = self.number("number")
        if not self.repo.has_issues:
            raise ApiError(410, "Issues are disabled for this repo")
        found = self.repo.issues.get(number)
        if found is not None:
            return found
        if number not in self.repo.gone:
            raise not_found()
        moved = self.repo.gone[number]
        if moved is None:
            raise deleted()
        if not moves or not self.sees(moved.repo):
            raise not_found()
        rest = self.request.url.path.partition(f"/issues/{number}")[2]
        raise Moved(f"{self.api}/repositories/{moved.repo.id}/issues/{moved.number}{rest}")

    # Queries, pages, answers

    def query(self, name: str, default: str = "") -> str:
        """Return a query parameter."""
        return self.request.query_params.get(name, default)

    def text(self, name: str) -> str:
        """Return a text of the body, empty when absent or null."""
        given = self.fields.get(name)
        return given if isinstance(given, str) else ""

    def since(self, name: str = "since") -> datetime | None:
        """Return a time of the query; 422 when it is none."""
        given = self.query(name)
        try:
            return datetime.fromisoformat(given).astimezone(UTC) if given else None
        except ValueError:
            raise ApiError(422, f"Invalid {name}: {given}") from None

    @property
    def size(self) -> int:
        """Return the page size: 30 unless given, 100 at most (recording ``github/008``)."""
        given = self.query("per_page")
        return min(int(given), _MOST) if given.isdecimal() and int(given) else _DEFAULT_SIZE

    @property
    def page(self) -> int:
        """Return the page, from 1."""
        given = self.query("page")
        return max(int(given), 1) if given.isdecimal() else 1

    def paged(self, items: Sequence[Any]) -> Sequence[Any]:
        """Return the asked page of a list."""
        start = (self.page - 1) * self.size
        return items[start : start + self.size]

    def links(self, total: int) -> str:
        """Return the ``Link`` of a list, empty when all is on one page.

        Its addresses name the repository by id (recordings ``github/001`` to ``003``).
        """
        last = max(-(-total // self.size), 1)
        page = min(self.page, last + 1)
        back, on = page > 1, page < last
        rels = [
            *([("prev", page - 1)] if back else []),
            *([("next", page + 1), ("last", last)] if on else []),
            *([("first", 1)] if back else []),
        ]
        path = self.request.url.path
        if self.repository is not None and "owner" in self.request.path_params:
            name = f"/repos/{self.path('owner')}/{self.path('repo')}"
            path = path.replace(name, f"/repositories/{self.repository.id}", 1)
        given = dict(self.request.query_params)
        return ", ".join(
            f'<{self.root}{path}?{urlencode(given | {"page": number})}>; rel="{rel}"'
            for rel, number in rels
        )

    def answer(
        self,
        data: Any,
        status: int = 200,
        *,
        total: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer with JSON; ``total`` items in all make it a list with pages."""
        named = dict(headers or {})
        links = self.links(total) if total is not None else ""
        if links:
            named["Link"] = links
        return Response(to_json(data), status, {**named, "Content-Type": JSON})

    def listed(self, items: Sequence[Any]) -> Response:
        """Answer with a page of JSON values."""
        return self.answer(self.paged(items), total=len(items))
