"""Which open pull requests say that they close an issue, on Forgejo.

The issue's timeline has a ``pull_ref`` with ``ref_action`` "closes" for each, from every
repository that the token may read (``112-timeline-issue-merge``); it becomes "neutered" when the
pull no longer says so. Title and body count, commits do not (``forgejo-pulls`` recordings, 259).
One request an issue, one more for each pull found, whose branch is not in it. Scopes
``read:issue`` and ``read:repository``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from httpx import codes

from afk.adapters.forgejo import mapping, pull_mapping
from afk.adapters.forgejo.api import ALONE, ForgejoApi, issue_path, repo_path
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.pull_wire import PULL, REFERENCES, WireReferer
from afk.adapters.forgejo.wire import ENTRIES, parse
from afk.errors import TooLarge
from afk.model.pull import ClosingPull
from afk.parallel import gather
from afk.types import Issue, IssueKey

_TYPE: Final = "pull_ref"
_CLOSES: Final = "closes"
_GONE: Final = (codes.NOT_FOUND, codes.GONE)
_MOST: Final = 10
"""Pulls of one issue whose branch is looked up, the newest: anybody can open many."""


@dataclass(frozen=True, slots=True)
class Closing:
    """References through one token."""

    api: ForgejoApi

    def of(self, issues: Sequence[Issue]) -> Mapping[IssueKey, Sequence[ClosingPull]]:
        """Return each issue's pulls, oldest reference first; none for an issue that is gone."""
        keys = [issue.key for issue in issues]
        return dict(zip(keys, gather(self._of, keys), strict=True))

    def _of(self, key: IssueKey) -> tuple[ClosingPull, ...]:
        """A timeline past the bound tells nothing here: its issue is parked for that anyway."""
        what = f"reading what refers to {key}"
        try:
            answer = self.api.http.get(f"{issue_path(key)}/timeline")
        except TooLarge:
            return ()
        if answer.status in _GONE:
            return ()
        if not answer.ok:
            raise error_of(answer, what, repo=key.repo)
        entries = parse(ENTRIES, answer.json, what) or ()
        used = [entry for entry in entries if entry.get("type") == _TYPE]
        found: dict[tuple[str, int], WireReferer] = {}
        for one in parse(REFERENCES, used, what):
            by = one.ref_issue
            if one.ref_action == _CLOSES and by is not None and by.pull_request is not None:
                found[by.repository.full_name, by.number] = by
        opened = [by for by in found.values() if by.state == "open"]
        return tuple(self._pull(by) for by in opened[-_MOST:])

    def _pull(self, by: WireReferer) -> ClosingPull:
        repo = by.repository.full_name
        path, head = f"{repo_path(repo)}/pulls/{by.number}", ""
        answer = self.api.http.get(path, max_body=ALONE * self.api.http.max_body)
        if answer.ok:
            told = self.api.value(PULL, answer, f"reading {repo}#{by.number}", repo=repo)
            head = pull_mapping.head_ref(told)
        return ClosingPull(by.number, repo, mapping.account(by.user), head, by.html_url)
