"""Whole issues: the issue, then its timeline, then what it waits for.

Owns the order of these reads and what a missing or oversized part means. Must write nothing.

The timeline is asked for without ``page`` and comes at once, comments included: with ``page``, a
page of entries hidden from the token is ``null`` in the middle
(``forgejo/14.0.0/099-timeline-null-page-in-the-middle``). Dependencies are asked for only where
the timeline has an event of theirs; the event stands on both issues and does not say which one
waits (``113-timeline-dependencies``, ``114-timeline-blocker``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from httpx import codes

from afk import blockers
from afk.adapters import forgejo_mapping as mapping
from afk.adapters.forgejo_api import ForgejoApi, issue_path
from afk.adapters.forgejo_errors import error_of
from afk.adapters.forgejo_wire import BLOCKERS, ISSUE, WireIssue, WireItem
from afk.errors import OutsideFailure, TooLarge
from afk.forge_types import IssueHead
from afk.parallel import gather
from afk.types import Blocker, Issue, IssueKey

_MAX_DEPENDENCY_PAGES: Final = 20
_UNREAD: Final = "blockers past the bound on what is read"


@dataclass(frozen=True, slots=True)
class _Part:
    """An issue before the blockers its text names were looked up."""

    issue: Issue
    named: tuple[IssueKey, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueReader:
    """Reads issues through one token."""

    api: ForgejoApi

    def item(self, key: IssueKey) -> WireIssue | None:
        """Return the issue alone, without its timeline; None when it answers 404 or 410."""
        answer = self.api.http.get(issue_path(key))
        if answer.status in (codes.NOT_FOUND, codes.GONE):
            return None
        return self.api.value(ISSUE, answer, f"reading {key}", repo=key.repo)

    def whole(self, heads: Sequence[IssueHead]) -> Mapping[IssueKey, Issue]:
        """Return the issues behind heads; what is gone is absent.

        Costs one request per head (the timeline), one more where there are dependencies, and
        one per issue that a body says it is blocked by.
        """
        parts = [part for part in gather(self._part_of, heads) if part is not None]
        named = tuple(dict.fromkeys(key for part in parts for key in part.named))
        closed = {
            key
            for key, is_closed in zip(named, gather(self._is_closed, named), strict=True)
            if is_closed
        }
        return {part.issue.key: _with_named(part, closed) for part in parts}

    def _part_of(self, head: IssueHead) -> _Part | None:
        """Read on from the listed item that a head carries, else from the issue."""
        item = head.handle if isinstance(head.handle, WireIssue) else self.item(head.key)
        return None if item is None else self._part(item)

    def _part(self, item: WireIssue) -> _Part | None:
        try:
            timeline = self._timeline(item.key)
            if timeline is None:
                return None
            found = self._dependencies(item.key, timeline)
        except TooLarge:
            bound = self.api.http.max_body
            return _Part(mapping.issue(item, oversized=f"its timeline exceeds {bound} bytes"))
        known = {one.ref for one in found}
        named = tuple(
            key
            for key in blockers.parse(item.body or "", item.repository.full_name)
            if str(key) not in known
        )
        if len(named) > blockers.LIMIT:
            named = named[: blockers.LIMIT]
            found = (*found, Blocker(_UNREAD, closed=False))
        return _Part(mapping.issue(item, timeline, found), named)

    def _timeline(self, key: IssueKey) -> tuple[WireItem, ...] | None:
        """Return the whole timeline; None when the issue is gone by now."""
        answer = self.api.http.get(f"{issue_path(key)}/timeline")
        if answer.status in (codes.NOT_FOUND, codes.GONE):
            return None
        what = f"reading the timeline of {key}"
        if not answer.ok:
            raise error_of(answer, what, repo=key.repo)
        return mapping.timeline(answer.json, what)

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
        for page in range(1, _MAX_DEPENDENCY_PAGES + 1):
            answer = self.api.http.get(
                f"{issue_path(key)}/dependencies", {"page": page} if page > 1 else None
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


def _with_named(part: _Part, closed: Collection[IssueKey]) -> Issue:
    """Return the issue with the blockers of its text behind its dependencies."""
    named = tuple(Blocker(str(key), key in closed) for key in part.named)
    return replace(part.issue, blockers=(*part.issue.blockers, *named))
