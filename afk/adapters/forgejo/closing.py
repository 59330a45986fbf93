"""Which pull request closed an issue, where one did.

Owns the one request about it. A close shows neither commit nor pull request: the pull request that
asked for it stands further up, and was merged in the second of the close, within 0.6 s of it
(``forgejo/14.0.0/170-timeline-closed-by-merge``). What became of its commits is only on the pull
request itself (``165-pull-get``), whose tip stays when its branch is deleted.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from afk.adapters.forgejo.api import ForgejoApi, repo_path
from afk.adapters.forgejo.mapping import PULL_REF
from afk.adapters.forgejo.wire import PULL, WireItem, WireReference
from afk.errors import OutsideFailure
from afk.types import Event, EventKind, Issue

_CLOSES: Final = "closes"
_AT_ONCE: Final = timedelta(seconds=2)


def with_closing_pull(api: ForgejoApi, issue: Issue, items: Sequence[WireItem]) -> Issue:
    """Return the issue with what its newest close's pull request became, if that can be read.

    Costs one request where an issue was closed by a merge, none elsewhere.
    """
    closes = [one for one in issue.events if one.kind is EventKind.CLOSED]
    if issue.open or not closes:
        return issue
    newest = closes[-1]
    pull = next((one for one in reversed(items) if _closed_it(one, newest.at, issue)), None)
    if pull is None or pull.ref_issue is None:
        return issue
    closed = _merged(api, issue, pull.ref_issue, newest)
    return replace(issue, events=tuple(closed if one is newest else one for one in issue.events))


def _closed_it(item: WireItem, at: datetime, issue: Issue) -> bool:
    source = item.ref_issue
    if item.type != PULL_REF or item.ref_action != _CLOSES or source is None:
        return False
    merge, home = source.pull_request, source.repository
    if merge is None or merge.merged_at is None or home is None:
        return False
    return home.full_name == issue.repo.name and abs(merge.merged_at - at) <= _AT_ONCE


def _merged(api: ForgejoApi, issue: Issue, source: WireReference, close: Event) -> Event:
    """Return the close with the pull request's commits; a person's where they cannot be read."""
    what = f"reading what closed {issue.key}"
    try:
        answer = api.http.get(f"{repo_path(issue.repo.name)}/pulls/{source.number}")
        pull = api.value(PULL, answer, what, repo=issue.repo.name)
    except OutsideFailure:
        return close
    return replace(close, commit=pull.merge_commit_sha or "", head=pull.head.sha)
