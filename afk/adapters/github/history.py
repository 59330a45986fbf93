"""Runs of the past on GitHub; `afk.ports.report.History`.

One GraphQL request per 25 issues of a repository that changed since, most recently changed first,
each with its first 100 comments; 40 of them at most. The end of a run takes a label off, which
moves its issue's time of change, so no run that ended since is missed but by these bounds.

An answer that is too large, which a stranger's comments can make it, is asked for again in pages
of 5 issues.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.issue_queries import PAST
from afk.adapters.github.mapping import comment
from afk.adapters.github.query_builder import Query
from afk.adapters.github.wire import Graph, Page, WireComment, parse
from afk.errors import RepositoryMoved, ServerFault, TooLarge
from afk.model.board import Past
from afk.record.codec import is_record
from afk.types import GHOST, Issue, Repository

_ISSUES: Final = 25
_FEWER: Final = 5
_MOST_PAGES: Final = 40


class _WirePast(Graph):
    """An issue with its first comments."""

    number: int
    title: str
    state: str
    comments: Page[WireComment]


class _WirePastOf(Graph):
    """A repository with issues that changed."""

    database_id: int
    name_with_owner: str
    issues: Page[_WirePast]


@dataclass(frozen=True, slots=True)
class GitHubHistory:
    """Reads it."""

    api: GitHubApi

    def past(self, repo: str, since: datetime) -> Past:
        """Return issues with what claims to be a record, newest change first."""
        found: list[Issue] = []
        after: str | None = None
        cut = False
        for _ in range(_MOST_PAGES):
            page = self._page(repo, since, after)
            home = Repository(page.database_id, page.name_with_owner)
            for one in page.issues.nodes:
                said = tuple(comment(each) for each in one.comments.nodes if is_record(each.body))
                cut = cut or bool(one.comments.rest)
                if said:
                    found.append(
                        Issue(
                            repo=home,
                            number=one.number,
                            title=one.title,
                            body="",
                            open=one.state == "OPEN",
                            author=GHOST,
                            labels=(),
                            created_at=since,
                            updated_at=since,
                            comments=said,
                        )
                    )
            after = page.issues.rest
            if not after:
                return Past(tuple(found), cut)
        return Past(tuple(found), cut=True)

    def _page(self, repo: str, since: datetime, after: str | None) -> _WirePastOf:
        try:
            return self._ask(repo, since, after, _ISSUES)
        except (TooLarge, ServerFault):
            return self._ask(repo, since, after, _FEWER)

    def _ask(self, repo: str, since: datetime, after: str | None, size: int) -> _WirePastOf:
        owner, _, name = repo.partition("/")
        variables = {
            "owner": owner,
            "name": name,
            "since": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "page": size,
            "after": after,
        }
        shown = self.api.query(Query(PAST, variables)).get("repository")
        if shown is None:
            raise self.api.unseen(repo)
        page = parse(_WirePastOf, shown, f"reading what changed in {repo}")
        if page.name_with_owner != repo:
            raise RepositoryMoved(repo, page.name_with_owner)
        return page
