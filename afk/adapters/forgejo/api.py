"""Requests to Forgejo's REST API that several of its readers need.

Owns paths of repositories and issues, paging, and the step from answer to value or error. Knows
no rules of afk. Used by the Forgejo adapters only.

Paging: X-Total-Count is right on searches, lists of labels and combined statuses; a limit above
the server's own maximum is lowered silently (``forgejo/14.0.0/019-list-limit-100``), so the
first page's length, not the limit asked for, says how many pages there are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter

from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.wire import parse
from afk.adapters.http import Answer, Http
from afk.types import IssueKey

PAGE: Final = 50
"""Forgejo's default maximum, ``[api] MAX_RESPONSE_ITEMS`` (``002-settings-api-anonymous``)."""

MAX_PAGES: Final = 40

ALONE: Final = 4
"""One issue by itself may have this many times the bound: of a huge text nothing is kept."""

_Value = TypeVar("_Value")
_Item = TypeVar("_Item")


def repo_path(repo: str) -> str:
    """Return the path of a repository below ``/api/v1``."""
    return f"/repos/{quote(repo)}"


def issue_path(key: IssueKey) -> str:
    """Return the path of an issue below ``/api/v1``."""
    return f"{repo_path(key.repo)}/issues/{key.number}"


def total_of(answer: Answer) -> int:
    """Return how many items there are in all; 0 when the server does not say."""
    told = answer.headers.get("x-total-count", "")
    return int(told) if told.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class ForgejoApi:
    """One server, through one token."""

    http: Http

    def value(
        self, adapter: TypeAdapter[_Value], answer: Answer, what: str, *, repo: str = ""
    ) -> _Value:
        """Return a welcome answer's parsed body; raises what an unwelcome one stands for."""
        if not answer.ok:
            raise error_of(answer, what, repo=repo)
        return parse(adapter, answer.json, what)

    def pages(
        self,
        path: str,
        pick: Callable[[Answer], tuple[_Item, ...]],
        params: Mapping[str, Any] | None = None,
    ) -> tuple[_Item, ...]:
        """Return a list from all its pages; ``pick`` turns an answer into items, or raises.

        The first page is asked for without ``page``. Pages past the 40th are not read.
        """
        first = self.http.get(path, params)
        items = pick(first)
        size, total, number = len(items), total_of(first), 1
        while size and number * size < total and number < MAX_PAGES:
            number += 1
            items += pick(self.http.get(path, {**(params or {}), "page": number}))
        return items
