"""Runs of the past on Forgejo; `afk.ports.report.History`.

``GET /repos/{o}/{r}/issues/comments``, 50 a page by X-Total-Count, oldest first; ``since`` is about
``updated_at``, which an edit moves (contract suite). Of more than 60 pages the newest are read.
Then the issues' titles from ``GET /repos/{o}/{r}/issues`` (014 to 023), 40 pages at most; what is
in none of them is read by itself, 100 at most. Where nothing claims to be a record, no title is
asked for.

A page past the bound on what is read, which strangers' comments can make it, is asked for again in
pages of 10, and of those what is still too large is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path, total_of
from afk.adapters.forgejo.issues import alone
from afk.adapters.forgejo.wire import ISSUES, WireIssue, WireItem
from afk.adapters.parsing import whole_number
from afk.adapters.wire import LATER
from afk.errors import TooLarge
from afk.model.board import Past
from afk.parallel import gather
from afk.record.codec import is_record
from afk.types import GHOST, Issue, IssueKey, Repository

_MOST_PAGES: Final = 60
_MOST_LISTS: Final = 40
_MOST_SINGLES: Final = 100
_SMALL: Final = 10


class _WireSaid(WireItem):
    """A comment in a repository's list; ``issue_url`` is empty on a pull request."""

    issue_url: str = ""

    @property
    def issue(self) -> int:
        """Return the issue's number, 0 for none."""
        return whole_number(self.issue_url.rpartition("/")[2]) or 0


_SAID: Final = TypeAdapter(tuple[_WireSaid, ...], config=LATER)


@dataclass(frozen=True, slots=True)
class _Said:
    """Comments of a page, how many there are in all, and whether some were left out."""

    items: tuple[_WireSaid, ...] = ()
    total: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ForgejoHistory:
    """Reads it; of a repository's comments ``pages`` at most."""

    api: ForgejoApi
    pages: int = _MOST_PAGES

    def past(self, repo: str, since: datetime) -> Past:
        """Return issues with what claims to be a record, newest change first."""
        first = self._said(repo, since, 1)
        last = -(-first.total // PAGE)
        oldest = max(2, last - self.pages + 1)
        numbers = range(oldest, last + 1)
        pages = [first, *gather(partial(self._said, repo, since), numbers)]
        claims: dict[int, list[_WireSaid]] = {}
        for one in (one for page in pages for one in page.items):
            if one.issue and is_record(one.body or ""):
                claims.setdefault(one.issue, []).append(one)
        shown = self._shown(repo, since, claims) if claims else {}
        ordered = sorted(shown.values(), key=lambda one: one.updated_at, reverse=True)
        cut = oldest > 2 or any(page.cut for page in pages) or len(shown) < len(claims)  # noqa: PLR2004  the first page was read
        return Past(tuple(_issue(one, claims[one.number]) for one in ordered), cut)

    def _said(self, repo: str, since: datetime, number: int) -> _Said:
        try:
            return self._ask(repo, since, number, PAGE)
        except TooLarge:
            parts = PAGE // _SMALL
            places = range((number - 1) * parts + 1, number * parts + 1)
        found = gather(partial(self._part, repo, since), places)
        return _Said(
            tuple(item for one in found for item in one.items),
            max(one.total for one in found),
            any(one.cut for one in found),
        )

    def _part(self, repo: str, since: datetime, number: int) -> _Said:
        try:
            return self._ask(repo, since, number, _SMALL)
        except TooLarge:
            return _Said(cut=True)

    def _ask(self, repo: str, since: datetime, number: int, limit: int) -> _Said:
        params = {"since": _time(since), "limit": limit, "page": number}
        answer = self.api.http.get(f"{repo_path(repo)}/issues/comments", params)
        what = f"listing the comments of {repo}"
        return _Said(self.api.value(_SAID, answer, what, repo=repo), total_of(answer))

    def _shown(self, repo: str, since: datetime, wanted: Iterable[int]) -> dict[int, WireIssue]:
        """Return those of the wanted issues that are still there, by number."""
        missing, found = set(wanted), dict[int, WireIssue]()
        for number in range(1, _MOST_LISTS + 1):
            page, total = self._listed(repo, since, number)
            for one in page:
                if one.number in missing and one.pull_request is None:
                    missing.discard(one.number)
                    found[one.number] = one
            if not missing or number * PAGE >= total:
                break
        keys = [IssueKey(repo, number) for number in sorted(missing, reverse=True)[:_MOST_SINGLES]]
        singles = gather(partial(alone, self.api), keys)
        return found | {one.number: one for one in singles if one is not None}

    def _listed(self, repo: str, since: datetime, number: int) -> tuple[tuple[WireIssue, ...], int]:
        params: dict[str, Any] = {
            "state": "all",
            "type": "issues",
            "since": _time(since),
            "limit": PAGE,
            "page": number,
        }
        try:
            answer = self.api.http.get(f"{repo_path(repo)}/issues", params)
        except TooLarge:
            return (), (number + 1) * PAGE
        what = f"listing the issues of {repo}"
        return self.api.value(ISSUES, answer, what, repo=repo), total_of(answer)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _issue(shown: WireIssue, said: Iterable[_WireSaid]) -> Issue:
    return Issue(
        repo=Repository(shown.repository.id, shown.repository.full_name),
        number=shown.number,
        title=shown.title,
        body="",
        open=shown.state == "open",
        author=GHOST,
        labels=(),
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        comments=tuple(mapping.comment(one) for one in said),
    )
