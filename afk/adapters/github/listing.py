"""The look over all repositories: which issues are labelled, which repositories are in trouble.

Owns `Tracker.listing` on GitHub and what a tick remembers of it (`Known`). Must not read whole
issues.

One GraphQL request per 100 repositories, one more per further 50 labelled issues of one
repository and label, or, where what waits unmoved may be left out, one for 50 repositories with
more than 50 of them; for each repository that GraphQL does not show, 1 or 2 REST requests that
say why. A repository that answers under another name, were it only in another case, is reported
as renamed: the configuration compares names exactly. Of more than 5,000 issues with one label in
one repository the oldest are listed, and the repository is in trouble: nothing may start in it,
since an issue in progress that is not seen could be started a second time. An unknown label
lists nothing here (unlike on Forgejo), so the filter is believed; whole issues carry their
labels.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.graphql_reply import read
from afk.adapters.github.installation import meant
from afk.adapters.github.issue_queries import MORE_ISSUES, listing
from afk.adapters.github.mapping import repository, text_blockers, viewer
from afk.adapters.github.moved import Moved, moved
from afk.adapters.github.wire import (
    Page,
    WireLabel,
    WireListed,
    WireListing,
    WireViewer,
    parse,
)
from afk.adapters.wire import http_date
from afk.config import Config
from afk.errors import (
    AfkError,
    NotFound,
    RateLimited,
    RepositoryMoved,
    ServerFault,
    answer_or_error,
)
from afk.model.forge import IssueHead, Listing, RepositoryTrouble, Trouble
from afk.parallel import gather
from afk.types import Account, IssueKey, Repository

REPOSITORIES: Final = 100
_PAGES: Final = (50, 10)
_MOST_PAGES: Final = 100


@dataclass(slots=True)
class Known:
    """What this tick has seen already: the token's account, its rights, repositories, node ids.

    GraphQL addresses labels (by repository and name), issues (by repository id and number) and
    comments (by their numeric id) by node ids, which nobody else has a use for. ``handed_back``:
    open issues with the human label and when they changed last, the newest of each repository.
    """

    me: Account | None = None
    repositories: dict[str, Repository] = field(default_factory=dict)
    rights: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    issues: dict[tuple[int, int], str] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    handed_back: dict[IssueKey, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, home: Repository, labels: Sequence[WireLabel | None]) -> None:
        """Remember a repository and some of its labels."""
        with self._lock:
            self.repositories[home.name] = home
            known = self.labels.setdefault(home.name, {})
            known |= {one.name: one.id for one in labels if one}


@dataclass(frozen=True, slots=True)
class _ShownRepository:
    """One repository of an answer: its name as asked, what came, the page size, what refused.

    ``at``: when it was answered.
    """

    repo: str
    found: WireListing | None
    size: int
    refusal: AfkError | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubListing:
    """Lists; ``known`` is shared with whoever profits from it."""

    api: GitHubApi
    config: Config
    known: Known

    def read(self, repos: Sequence[str], quiet: timedelta | None = None) -> Listing:
        """Return labelled issues and troubles, in the repositories' order.

        ``quiet``: of a long queue those may be left out that wait and have not moved for so long.
        """
        parts = gather(self._shown, chunks(repos, REPOSITORIES))
        shown = [one for part in parts for one in part]
        lately = self._moved(shown, quiet) if quiet is not None else {}
        listings = gather(partial(self._listed, lately=lately), shown)
        times = [one.at for one in listings if one.heads]
        told = [at for at in times if at is not None]
        return Listing(
            heads=tuple(head for one in listings for head in one.heads),
            troubles=tuple(trouble for one in listings for trouble in one.troubles),
            at=min(told) if told and len(told) == len(times) else None,
            left_out=sum(one.left_out for one in listings),
            short=frozenset(name for one in listings for name in one.short),
        )

    def _shown(self, repos: Sequence[str]) -> list[_ShownRepository]:
        """Ask for repositories at once; for each owner's apart where GitHub fails over them.

        What it fails over may be a single owner's. An outage is for all alike, and raised.
        """
        try:
            return in_parts(self._ask, repos, _PAGES)
        except ServerFault:
            owners: dict[str, list[str]] = {}
            for repo in repos:
                owners.setdefault(repo.split("/")[0], []).append(repo)
            if len(owners) == 1:
                raise
        ask = partial(in_parts, self._ask, sizes=_PAGES, again=False)
        answers = gather(lambda some: answer_or_error(partial(ask, some)), [*owners.values()])
        errors = [one for one in answers if isinstance(one, AfkError)]
        if len(errors) == len(answers):
            raise errors[0]
        shown: list[_ShownRepository] = []
        for some, answer in zip(owners.values(), answers, strict=True):
            if isinstance(answer, AfkError):
                shown += [_ShownRepository(repo, None, _PAGES[0], answer) for repo in some]
            else:
                shown += answer
        return shown

    def _moved(
        self, shown: Sequence[_ShownRepository], quiet: timedelta
    ) -> dict[str, Moved | AfkError | None]:
        """Return what moved lately in those that have more than a page, by their names."""
        longer = {
            one.repo: (one.found.id, one.at)
            for one in shown
            if one.found and one.at and (one.found.ready.rest or one.found.tracked.rest)
        }
        if not longer:
            return {}
        nodes, times = zip(*longer.values(), strict=True)
        return dict(
            zip(longer, moved(self.api, nodes, self.config, min(times) - quiet), strict=True)
        )

    def _listed(
        self, shown: _ShownRepository, lately: Mapping[str, Moved | AfkError | None]
    ) -> Listing:
        """Return what one repository shows, or its trouble."""
        found = lately.get(shown.repo)
        listing = answer_or_error(lambda: self._listing(shown, found))
        if not isinstance(listing, AfkError):
            return listing
        kind = RepositoryTrouble.UNREADABLE
        return Listing(troubles=(Trouble(shown.repo, kind, error=listing),))

    def _ask(self, repos: Sequence[str], size: int) -> list[_ShownRepository]:
        config = self.config
        answer = self.api.headed(listing(repos, config.labels, size))
        reply, at = read(answer), http_date(answer.headers.get("date", ""))
        self.known.me = viewer(parse(WireViewer, reply.data.get("viewer"), "asking who I am"))
        shown = []
        for number, repo in enumerate(repos):
            try:
                data = reply.get(f"r{number}")
            except AfkError as error:  # a limit is none of one repository's: it was raised before
                shown.append(_ShownRepository(repo, None, size, error))
                continue
            found = parse(WireListing, data, f"listing {repo}") if data else None
            shown.append(_ShownRepository(repo, found, size, at=at))
        return shown

    def _listing(self, shown: _ShownRepository, lately: Moved | AfkError | None) -> Listing:
        found = shown.found
        if found is None:
            return Listing(troubles=(self._trouble(shown),))
        home = repository(found)
        if home.name != shown.repo:
            return Listing(troubles=(Trouble(shown.repo, RepositoryTrouble.RENAMED, home.name),))
        self.known.rights[home.name] = found.viewer_permission or ""
        self.known.saw(
            home,
            (found.ready_label, found.progress_label, found.human_label, found.tracked_label),
        )
        self.known.handed_back |= {
            IssueKey(home.name, one.number): one.updated_at for one in found.handed_back.nodes
        }
        more = partial(self._all, found, shown)
        ready: Sequence[WireListed]
        tracked: Sequence[WireListed]
        progress, too_busy = more(found.progress, self.config.in_progress_label, ["OPEN", "CLOSED"])
        if isinstance(lately, AfkError):
            raise lately
        if lately is not None:
            ready, too_ready, tracked, too_tracked = lately.ready, "", lately.tracked, ""
        else:
            every = ["OPEN", "CLOSED"]
            ready, too_ready = more(found.ready, self.config.ready_label, ["OPEN"])
            tracked, too_tracked = more(found.tracked, self.config.tracked_label, every)
        waiting = {one.number for one in ready}
        begun = {one.number for one in progress}
        followed = {one.number for one in tracked}
        heads = [
            IssueHead(
                IssueKey(home.name, one.number),
                ready=one.number in waiting,
                in_progress=one.number in begun,
                open=one.state == "OPEN",
                tracked=one.number in followed,
                created_at=one.created_at,
                updated_at=one.updated_at,
                title=one.title,
                body=one.body,
                handle=text_blockers(one.body, home.name, self.api.web),
            )
            for one in {one.number: one for one in (*ready, *progress, *tracked)}.values()
        ]
        too_many = [
            Trouble(home.name, RepositoryTrouble.TOO_MANY, detail)
            for detail in (too_ready, too_busy, too_tracked)
            if detail
        ]
        troubles = (*self._blemishes(home, found), *too_many)
        hidden = lately.left_out if lately is not None else 0
        short = frozenset({home.name} if hidden else ())
        # What is in progress is ready, too, but is shown.
        listed = sum(one.state == "OPEN" and one.number not in waiting for one in progress)
        left_out = max(hidden - listed, 0)
        return Listing(tuple(heads), troubles, shown.at, left_out, short)

    def _all(
        self,
        found: WireListing,
        shown: _ShownRepository,
        first: Page[WireListed],
        label: str,
        states: Sequence[str],
    ) -> tuple[Sequence[WireListed], str]:
        """Return the issues with a label, and what is too many of them where they are."""
        nodes, whole = self.api.drain(
            first,
            MORE_ISSUES,
            Page[WireListed],
            found.id,
            size=shown.size,
            pages=_MOST_PAGES,
            variables={"label": label, "states": states},
        )
        too_many = "" if whole else f"it has more than {len(nodes)} issues labelled {label}"
        return nodes, too_many

    def _blemishes(self, home: Repository, found: WireListing) -> list[Trouble]:
        blemishes = []
        if home.archived:
            blemishes.append(Trouble(home.name, RepositoryTrouble.ARCHIVED))
        ready = self.config.ready_label
        if found.ready_label is None or found.ready_label.name != ready:
            like = found.ready_label.name if found.ready_label else ""
            blemishes.append(Trouble(home.name, RepositoryTrouble.NO_LABEL, ready, like))
        return blemishes

    def _trouble(self, shown: _ShownRepository) -> Trouble:
        """Say why GraphQL does not show a repository: REST redirects a renamed one."""
        error = self.api.unseen(shown.repo)
        if isinstance(error, RepositoryMoved):
            return Trouble(shown.repo, RepositoryTrouble.RENAMED, error.new)
        if isinstance(error, NotFound):
            refusal, like = str(shown.refusal or ""), meant(self.api, shown.repo)
            return Trouble(shown.repo, RepositoryTrouble.MISSING, refusal, like)
        if isinstance(error, RateLimited):
            raise error
        told = error if shown.refusal is None else shown.refusal
        return Trouble(shown.repo, RepositoryTrouble.UNREADABLE, error=told)
