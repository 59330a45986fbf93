"""An issue's timeline, comments included: at once, or in pieces where that is too large.

Owns how the timeline is asked for. What its entries mean is for `afk.adapters.forgejo.mapping`.

Asked for without ``page`` it comes at once. With ``page`` the server cuts pages first and leaves
out what the token may not see afterwards: a page of hidden entries is ``null`` in the middle
(``forgejo/14.0.0/099-timeline-null-page-in-the-middle``), as is every page past the end, and no
header tells the two apart. So it is paged only past the bound on what is read. Anybody can bring
that about, with a comment of 20 MB or with an issue of that size that mentions this one. Pages
hold 50, then 10, then 1 entry, oldest first; an entry that is too large alone is left out, and
its neighbours are found (cassettes ``test_read__timeline_past_the_bound``). What stood on the
issue when its run began lies before what strangers add during the run, so it is found first.
"""

from dataclasses import dataclass
from typing import Final

from httpx import codes

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, issue_path
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.wire import WireItem
from afk.adapters.http import Answer
from afk.errors import TooLarge
from afk.types import IssueKey

_LIMITS: Final = (PAGE, 10, 1)
_GONE: Final = (codes.NOT_FOUND, codes.GONE)
_PIECE: Final = 8
"""A piece may have this part of the bound on what is read."""
_MOST_BOUNDS: Final = 4
"""All pieces together may have this many times the bound."""
_MOST_PIECES: Final = 300
_MOST_EMPTY: Final = 10
"""So many of the largest pages in a row without an entry are taken for the end."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries that are used, by rising id; ``cut`` says why there may be others."""

    items: tuple[WireItem, ...]
    cut: str = ""


@dataclass(frozen=True, slots=True)
class TimelineReader:
    """Reads timelines through one token."""

    api: ForgejoApi

    def read(self, key: IssueKey) -> Timeline | None:
        """Return the timeline; None when the issue is gone."""
        try:
            answer = self._ask(key)
        except TooLarge:
            bound = self.api.http.max_body
            return Timeline(self._in_pieces(key), f"its timeline exceeds {bound} bytes")
        if answer.status in _GONE:
            return None
        return Timeline(mapping.timeline(answer.json, _what(key)))

    def _in_pieces(self, key: IssueKey) -> tuple[WireItem, ...]:
        """Return what can be read, oldest first, as far as the bounds reach."""
        bound = self.api.http.max_body // _PIECE
        found: list[WireItem] = []
        pieces = [(0, 1)]
        asked = size = empty = 0
        while (
            asked < _MOST_PIECES
            and size < _MOST_BOUNDS * self.api.http.max_body
            and empty < _MOST_EMPTY
        ):
            level, number = pieces.pop()
            if level == 0:
                pieces.append((0, number + 1))
            asked += 1
            try:
                answer = self._ask(key, limit=_LIMITS[level], number=number, bound=bound)
            except TooLarge:
                size, empty = size + bound, 0
                pieces += _smaller(level, number)
                continue
            size += len(answer.body)
            data = None if answer.status in _GONE else answer.json
            if level == 0:
                empty = 0 if data else empty + 1
            found += mapping.timeline(data, _what(key))
        return tuple(sorted(found, key=lambda item: item.id))

    def _ask(self, key: IssueKey, *, limit: int = 0, number: int = 0, bound: int = 0) -> Answer:
        """Ask for all of it, or for one page; raises for what is neither welcome nor gone."""
        params = {"limit": limit, "page": number} if number else None
        answer = self.api.http.get(f"{issue_path(key)}/timeline", params, max_body=bound)
        if not answer.ok and answer.status not in _GONE:
            raise error_of(answer, _what(key), repo=key.repo)
        return answer


def _smaller(level: int, number: int) -> list[tuple[int, int]]:
    """Return the next smaller pages of the same range, the first one last; none below 1."""
    if level + 1 == len(_LIMITS):
        return []
    parts = _LIMITS[level] // _LIMITS[level + 1]
    return [(level + 1, part) for part in range(number * parts, (number - 1) * parts, -1)]


def _what(key: IssueKey) -> str:
    return f"reading the timeline of {key}"
