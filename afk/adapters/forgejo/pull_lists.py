"""A Forgejo repository's pull requests, newest first, as far as they are looked through.

``GET /repos/{o}/{r}/pulls``, in pages by X-Total-Count (``pulls-16/029-list-head-filter``). 11 and
14 ignore ``head`` and ``base`` (contract suite), so whoever asks looks at each item. A page past
the bound, which one huge text makes, is read item by item; what alone exceeds it is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path, total_of
from afk.adapters.forgejo.pull_wire import PULLS, WirePull
from afk.adapters.wire import http_date
from afk.errors import TooLarge
from afk.parallel import gather

MOST_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class Page:
    """Items of a page, how many there are in all, and whether nothing of it was left out.

    ``at``: the server's time of it, None where that is not told.
    """

    items: tuple[WirePull, ...]
    total: int
    whole: bool = True
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PullLists:
    """Lists through one token."""

    api: ForgejoApi

    def newest(self, repo: str, filters: Mapping[str, str]) -> tuple[list[WirePull], bool]:
        """Return the newest 500, and whether these are all; filters may have been ignored."""
        found: list[WirePull] = []
        whole = True
        for number in range(1, MOST_PAGES + 1):
            page = self._page(repo, filters, number)
            found += page.items
            whole = whole and page.whole
            if not page.items or number * PAGE >= page.total:
                return found, whole
        return found, False

    def _page(self, repo: str, filters: Mapping[str, str], number: int) -> Page:
        try:
            return self.page(repo, filters, number)
        except TooLarge:
            places = range((number - 1) * PAGE + 1, number * PAGE + 1)
        singles = gather(lambda place: self._single(repo, filters, place), places)
        known = [one for one in singles if one is not None]
        return Page(
            tuple(item for one in known for item in one.items),
            max((one.total for one in known), default=0),
            len(known) == len(singles),
        )

    def _single(self, repo: str, filters: Mapping[str, str], place: int) -> Page | None:
        try:
            return self.page(repo, filters, place, 1)
        except TooLarge:
            return None

    def page(self, repo: str, filters: Mapping[str, str], number: int, limit: int = PAGE) -> Page:
        """Return one page; raises `TooLarge`."""
        params = {**filters, "limit": limit, "page": number}
        answer = self.api.http.get(f"{repo_path(repo)}/pulls", params)
        what = f"listing the pull requests of {repo}"
        items = self.api.value(PULLS, answer, what, repo=repo)
        return Page(items, total_of(answer), at=http_date(answer.headers.get("date", "")))
