"""Pages of one search over the issues of an owner's repositories.

Owns ``GET /repos/issues/search`` and how much of it is read at once. Must not judge what it finds.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from afk.adapters.forgejo.api import ALONE, PAGE, ForgejoApi, total_of
from afk.adapters.forgejo.wire import ISSUES, WireIssue
from afk.adapters.wire import http_date
from afk.errors import TooLarge
from afk.parallel import gather

MAX_ITEMS: Final = 2_000
_LIMITS: Final = (PAGE, 10, 1)
_PAST_THE_END: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Query:
    """One search: issues of an owner's repositories with any of the labels.

    ``since``: those that have moved by then or later, None for all.
    """

    owner: str
    labels: tuple[str, ...]
    state: str = "all"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, how long pages are on this server, how many items there are in all, and when."""

    items: tuple[WireIssue, ...]
    length: int
    total: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """Asks for pages."""

    api: ForgejoApi

    def whole(self, query: Query) -> Page:
        """Return what a search finds, up to `MAX_ITEMS`, as one page."""
        first = self.page(query, 1)
        others = gather(lambda job: self.page(*job), rest(query, first))
        items = tuple(item for page in (first, *others) for item in page.items)
        return replace(first, items=items)

    def sample(self, query: Query) -> Page:
        """Return how many items a search finds, and one of them."""
        return self._ask(query, 1, 1)

    def page(self, query: Query, number: int) -> Page:
        """Return a page of 50, asked again in smaller ones past the bound on what is read.

        A stranger can make an issue of any size. One that is past the bound of `ALONE` is left
        out: it cannot be told apart from here, and it cannot be read anywhere else either.
        """
        try:
            return self._ask(query, PAGE, number)
        except TooLarge:
            # Past the end comes an empty list with the true total (021-list-page-beyond-end).
            total = self._ask(query, 1, _PAST_THE_END).total
            return Page(self._smaller(query, number, 1), PAGE, total)

    def _smaller(self, query: Query, number: int, level: int) -> tuple[WireIssue, ...]:
        """Return the items of a page that is too large, from smaller pages of the same range."""
        if level == len(_LIMITS):
            return ()
        parts = _LIMITS[level - 1] // _LIMITS[level]
        items: list[WireIssue] = []
        for part in range((number - 1) * parts + 1, number * parts + 1):
            try:
                items += self._ask(query, _LIMITS[level], part).items
            except TooLarge:
                items += self._smaller(query, part, level + 1)
        return tuple(items)

    def _ask(self, query: Query, limit: int, number: int) -> Page:
        params: dict[str, Any] = {
            "owner": query.owner,
            "labels": ",".join(query.labels),
            "state": query.state,
            "type": "issues",
            "limit": limit,
        }
        if query.since is not None:
            params["since"] = query.since.strftime("%Y-%m-%dT%H:%M:%SZ")
        if number > 1:
            params["page"] = number
        bound = ALONE * self.api.http.max_body if limit == 1 else 0
        answer = self.api.http.get("/repos/issues/search", params, max_body=bound)
        what = f"searching the issues of {query.owner}"
        items = self.api.value(ISSUES, answer, what)
        at = http_date(answer.headers.get("date", ""))
        return Page(items, len(items) or limit, total_of(answer), at)


def rest(query: Query, first: Page) -> tuple[tuple[Query, int], ...]:
    """Return the pages behind the first one, as far as they are read."""
    last = -(-min(first.total, MAX_ITEMS) // first.length)
    return tuple((query, number) for number in range(2, last + 1))
