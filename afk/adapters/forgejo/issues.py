"""Whole issues: the issue, then its timeline, then what it waits for.

Owns the order of these reads and what a missing or oversized part means. Must write nothing.

Dependencies are asked for only where the timeline has an event of theirs; the event stands on
both issues and does not say which one waits (``forgejo/14.0.0/113-timeline-dependencies``,
``114-timeline-blocker``). Of an issue that is too large nobody asks what it waits for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Final

from httpx import codes

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import ALONE, ForgejoApi, issue_path
from afk.adapters.forgejo.closed_by import with_closing_pull
from afk.adapters.forgejo.labels import Labels
from afk.adapters.forgejo.timeline import TimelineReader
from afk.adapters.forgejo.wire import BLOCKERS, ISSUE, WireIssue, WireItem
from afk.decide import blockers
from afk.errors import OutsideFailure, TooLarge
from afk.model.forge import IssueHead
from afk.parallel import gather
from afk.types import Blocker, Issue, IssueKey

_MAX_DEPENDENCY_PAGES: Final = 20
_UNREAD: Final = "blockers past the bound on what is read"
_MOST_LOOKUPS: Final = 100
"""So many issues named in bodies are looked up for one read of any number of issues: anybody can
open issues that name many."""


def alone(api: ForgejoApi, key: IssueKey) -> WireIssue | None:
    """Return an issue without its timeline; None when it answers 404 or 410."""
    answer = api.http.get(issue_path(key), max_body=ALONE * api.http.max_body)
    if answer.status in (codes.NOT_FOUND, codes.GONE):
        return None
    return api.value(ISSUE, answer, f"reading {key}", repo=key.repo)


@dataclass(frozen=True, slots=True)
class _Part:
    """An issue before the blockers its text names were looked up."""

    issue: Issue
    named: tuple[IssueKey, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueReader:
    """Reads issues through one token; ``labels`` remembers what they have on."""

    api: ForgejoApi
    labels: Labels

    def item(self, key: IssueKey) -> WireIssue | None:
        """Return the issue alone, without its timeline; None when it answers 404 or 410."""
        return alone(self.api, key)

    def whole(self, heads: Sequence[IssueHead]) -> Mapping[IssueKey, Issue]:
        """Return the issues behind heads; what is gone is absent.

        Costs one request per head (the timeline), one more where there are dependencies, one more
        where a merge closed the issue, and one per issue that a body says it is blocked by: the
        first of each body, then the second of each, and so on up to `_MOST_LOOKUPS`.
        """
        parts = [part for part in gather(self._part_of, heads) if part is not None]
        in_turn = chain.from_iterable(zip_longest(*(part.named for part in parts)))
        named = tuple(dict.fromkeys(key for key in in_turn if key is not None))[:_MOST_LOOKUPS]
        closed = self.closed(named)
        return {part.issue.key: _with_named(part, closed) for part in parts}

    def closed(self, keys: Sequence[IssueKey]) -> Mapping[IssueKey, bool]:
        """Say which issues are readable and closed; 1 request each."""
        return dict(zip(keys, gather(self._is_closed, keys), strict=True))

    def _part_of(self, head: IssueHead) -> _Part | None:
        """Read on from the listed item that a head carries, else from the issue."""
        item = head.handle if isinstance(head.handle, WireIssue) else self.item(head.key)
        return None if item is None else self._part(item)

    def _part(self, item: WireIssue) -> _Part | None:
        self.labels.saw(item)
        timeline = TimelineReader(self.api).read(item.key)
        if timeline is None:
            return None
        if timeline.cut or item.body_cut:
            return _Part(mapping.issue(item, timeline.items, oversized=timeline.cut))
        try:
            found = self._dependencies(item.key, timeline.items)
        except TooLarge:
            found = (Blocker(_UNREAD, closed=False),)
        known = {one.ref for one in found}
        web = self.api.http.base_url.removesuffix("/api/v1")
        said = blockers.read(item.body or "", item.repository.full_name, web)
        named = tuple(key for key in said.issues if str(key) not in known)
        found = (*found, *(Blocker(ref, closed=False) for ref in said.unclear))
        if len(named) > blockers.LIMIT:
            named = named[: blockers.LIMIT]
            found = (*found, Blocker(_UNREAD, closed=False))
        whole = mapping.issue(item, timeline.items, found)
        return _Part(with_closing_pull(self.api, whole, timeline.items), named)

    def _dependencies(self, key: IssueKey, timeline: Sequence[WireItem]) -> tuple[Blocker, ...]:
        """Return what blocks the issue, as far as it decides.

        There is no total and the page size is the server's: after a page of closed blockers the
        next one is asked for, unless the timeline never added more. 404: dependencies are
        switched off on the repository (``117-dependencies-disabled``), so nothing blocks.
        """
        added = sum(item.type == mapping.ADD_DEPENDENCY for item in timeline)
        if not any(item.type in mapping.DEPENDENCY_TYPES for item in timeline):
            return ()
        found: tuple[Blocker, ...] = ()
        for number in range(1, _MAX_DEPENDENCY_PAGES + 1):
            answer = self.api.http.get(
                f"{issue_path(key)}/dependencies", {"page": number} if number > 1 else None
            )
            if answer.status == codes.NOT_FOUND:
                return ()
            what = f"reading what blocks {key}"
            more = self.api.value(BLOCKERS, answer, what, repo=key.repo)
            found += tuple(mapping.blocker(one) for one in more)
            if not more or len(found) >= added or not all(one.closed for one in found):
                return found
        return (*found, Blocker(_UNREAD, closed=False))

    def _is_closed(self, key: IssueKey) -> bool:
        """Say whether an issue is readable and closed; everything else counts as open."""
        try:
            answer = self.api.http.get(issue_path(key))
            return answer.ok and self.api.value(ISSUE, answer, f"reading {key}").state == "closed"
        except OutsideFailure:
            return False


def _with_named(part: _Part, closed: Mapping[IssueKey, bool]) -> Issue:
    """Return the issue with the blockers of its text behind its dependencies."""
    named = tuple(
        Blocker(str(key), closed[key])
        if key in closed
        else Blocker(f"{key} (not looked up: too many are named)", closed=False)
        for key in part.named
    )
    return replace(part.issue, blockers=(*part.issue.blockers, *named))
