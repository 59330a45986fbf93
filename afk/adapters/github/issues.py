"""Whole issues: everything that decides about one, read in as few requests as possible.

Owns `Tracker.read`, `reread` and `read_comment` on GitHub. Must not write.

37 issues share one GraphQL request, and up to 25 branches with the CI of their newest commits, 25
pull requests that were announced, with their own branches, and the blockers that the listing saw
named in the bodies. Further requests, only where needed: 1 where all that is too much at once, 1
per further page of a timeline or of comments, 1 for up to 100 blockers the listing did not see, and
where the server's GraphQL has no ``blockedBy`` (GitHub Enterprise Server before 3.19) 1 REST
request per issue, until one answers 404: then this server has no dependencies.

An issue's own fields stand before its comments in the same answer, later pages come later: no
comment is ever older than the issue it is read with. Bounds: 1,000 timeline entries and 1,000
comments; past them, or past the bound on an answer's size, the issue is returned ``oversized``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.batches import chunks, in_parts
from afk.adapters.github.branches import tip_of
from afk.adapters.github.graphql_reply import Reply
from afk.adapters.github.issue_queries import COMMENT, MORE_COMMENTS, MORE_EVENTS, OPTIONAL, issues
from afk.adapters.github.issue_queries import blockers as blockers_query
from afk.adapters.github.listing import Known
from afk.adapters.github.mapping import blockers, closed, comment, issue, repository, text_blockers
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pull_pages import PULLS, pulls_of
from afk.adapters.github.pull_queries import OPTIONAL as OPTIONAL_OF_PULLS
from afk.adapters.github.pull_wire import WirePulls
from afk.adapters.github.query_builder import Query
from afk.adapters.github.wire import (
    Page,
    RestBlocker,
    WireComment,
    WireEvent,
    WireIssue,
    WireRead,
    parse,
)
from afk.errors import (
    AfkError,
    NotFound,
    RepositoryMoved,
    ServerFault,
    TooLarge,
    answer_or_error,
)
from afk.model.forge import IssueHead
from afk.parallel import gather
from afk.ports.landing import PullQuery
from afk.types import Comment, Issue, IssueKey

ISSUES: Final = 37
BRANCHES: Final = 25
_BLOCKERS: Final = 100
_PAGES: Final = (100, 10, 1)

States = dict[IssueKey, bool]
Riders = dict[tuple[IssueKey, ...], Sequence[PullQuery]]
"""Which pull requests ride along with which batch of issues, as long as it is whole."""


@dataclass(frozen=True, slots=True)
class _ShownIssue:
    """One issue of an answer, with the size of its pages."""

    key: IssueKey
    home: WireRead
    issue: WireIssue
    size: int


@dataclass(slots=True, kw_only=True)
class GitHubIssues:
    """Reads issues. ``known`` and ``prefetched`` receive what came along."""

    api: GitHubApi
    known: Known
    prefetched: Prefetched
    _no_dependencies: bool = False

    def read(
        self, heads: Sequence[IssueHead], branches: Mapping[IssueKey, str]
    ) -> dict[IssueKey, Issue]:
        """Return whole issues; those that are gone, or in another repository now, are absent.

        Raises `RepositoryMoved` or `NotFound` for a repository that is not there.
        """
        states: States = {}
        named = self._named_branches(branches)
        cut = batches(heads, named)
        riding = chunks(self.prefetched.take_expected(), PULLS)
        paired = zip(cut, riding, strict=False)
        riders = {tuple(head.key for head in batch): some for batch, some in paired}
        ask = partial(self._ask, branches=named, riders=riders, states=states)
        parts = gather(lambda batch: in_parts(ask, batch, _PAGES), cut)
        shown = [one for part in parts for one in part]
        self._look_up(shown, states)
        found = gather(lambda one: self._whole(one, states), shown)
        return {one.key: one for one in found if one}

    def closed(self, keys: Sequence[IssueKey]) -> States:
        """Say which issues or pull requests are readable and closed; 1 GraphQL request for 100."""
        states: States = {}
        for chunk in chunks(keys, _BLOCKERS):
            _add_states(self.api.query(blockers_query(chunk)), chunk, states)
        return states

    def comment(self, number: int) -> Comment | None:
        """Return one comment as it stands now, None when it was deleted; 1 GraphQL request."""
        node = self.known.comments[number]
        shown = self.api.query(Query(COMMENT, {"id": node})).get("node")
        return comment(parse(WireComment, shown, "reading a comment")) if shown else None

    def _ask(
        self,
        heads: Sequence[IssueHead],
        size: int,
        *,
        branches: Mapping[IssueKey, str],
        riders: Riders,
        states: States,
    ) -> list[_ShownIssue]:
        keys = [head.key for head in heads]
        tips = list(dict.fromkeys((key.repo, branches[key]) for key in keys if key in branches))
        named = list(dict.fromkeys(one for head in heads for one in _named(head)))[:_BLOCKERS]
        pulls = riders.pop(tuple(keys), ())
        # With a pull request its branch: what CI says of its head is asked for next.
        branches_of_pulls = dict.fromkeys((one.repo, one.head) for one in pulls)
        own = [one for one in branches_of_pulls if one not in tips]
        reply = self._query(keys, tips, own, named, pulls, size)
        for number, (repo, branch) in enumerate((*tips, *own)):
            self._keep(reply, f"t{number}", repo, branch)
        for number, query in enumerate(pulls):
            self._keep_pulls(reply, f"p{number}", query)
        _add_states(reply, named, states)
        shown = [self._shown(reply, f"i{number}", key, size) for number, key in enumerate(keys)]
        return [one for one in shown if one]

    def _named_branches(self, branches: Mapping[IssueKey, str]) -> dict[IssueKey, str]:
        """Return branches by their names: the default one's is known from the listing."""
        homes = self.known.repositories
        default = {key: homes[key.repo].default_branch for key in branches if key.repo in homes}
        named = {key: branch or default.get(key, "") for key, branch in branches.items()}
        return {key: branch for key, branch in named.items() if branch}

    def _query(
        self,
        keys: Sequence[IssueKey],
        tips: Sequence[tuple[str, str]],
        own: Sequence[tuple[str, str]],
        named: Sequence[IssueKey],
        pulls: Sequence[PullQuery],
        size: int,
    ) -> Reply:
        """Ask without those fields that this server's schema does not have.

        The issues come first: where the query is too much with the pull requests that ride
        along, it is sent once more without them, and whoever wants those asks by themselves.
        """
        wanted = (*OPTIONAL, *OPTIONAL_OF_PULLS)

        def query(lacks: Collection[str], riding: Sequence[PullQuery] = pulls) -> Query:
            return issues(
                keys,
                branches=tips,
                heads=own if riding else (),
                blockers=named,
                pulls=riding,
                size=size,
                without=lacks,
            )

        try:
            return self.api.ask(query, wanted)
        except (TooLarge, ServerFault):
            if not pulls:
                raise
        return self.api.ask(partial(query, riding=()), wanted)

    def _keep(self, reply: Reply, alias: str, repo: str, branch: str) -> None:
        """Keep a branch for whoever asks; a problem with it is left for them to meet."""
        try:
            shown = reply.get(alias, without={"deployments"})
            tip = tip_of(shown, f"reading {branch} of {repo}")
        except AfkError:
            return
        if tip:
            self.prefetched.put(repo, branch, tip)
        elif isinstance(shown, dict):
            self.prefetched.put_absent(repo, branch)

    def _keep_pulls(self, reply: Reply, alias: str, query: PullQuery) -> None:
        """Keep pull requests for whoever asks; a problem with them is left for them to meet."""
        shown = answer_or_error(lambda: pulls_of(reply, alias, query))
        if isinstance(shown, WirePulls):
            self.prefetched.put_pulls(query, shown)

    def _shown(self, reply: Reply, alias: str, key: IssueKey, size: int) -> _ShownIssue | None:
        data = reply.get(alias)
        if data is None:
            raise self.api.unseen(key.repo)
        home = parse(WireRead, data, f"reading {key}")
        if home.name_with_owner != key.repo:
            raise RepositoryMoved(key.repo, home.name_with_owner)
        if home.issue is None or home.issue.repository.database_id != home.database_id:
            return None
        self.known.saw(repository(home), home.issue.labels.nodes)
        self.known.issues[home.database_id, home.issue.number] = home.issue.id
        return _ShownIssue(key, home, home.issue, size)

    def _look_up(self, shown: Iterable[_ShownIssue], states: States) -> None:
        """Ask for blockers that no listing had announced, or that a body names only now."""
        web = self.api.web
        named = (key for one in shown for key in text_blockers(one.issue.body, one.key.repo, web))
        states |= self.closed([key for key in dict.fromkeys(named) if key not in states])

    def _whole(self, shown: _ShownIssue, states: States) -> Issue | None:
        """Add the later pages; None when the issue went away meanwhile."""
        wire = shown.issue
        try:
            happened, all_events = self.api.drain(
                wire.timeline_items, MORE_EVENTS, Page[WireEvent], wire.id, size=shown.size
            )
            said, all_comments = self.api.drain(
                wire.comments, MORE_COMMENTS, Page[WireComment], wire.id, size=shown.size
            )
        except NotFound:
            return None
        self.known.comments.update((one.full_database_id, one.id) for one in said)
        cut = [
            *([] if all_events else [f"more than {len(happened)} timeline events"]),
            *([] if all_comments else [f"more than {len(said)} comments, or huge ones"]),
        ]
        listed = self._dependencies(shown.key) if "blockedBy" in self.api.lacks else ()
        return issue(
            wire,
            repository(shown.home),
            happened=happened,
            said=said,
            waits_for=blockers(wire, shown.key.repo, states, listed, self.api.web),
            oversized=" and ".join(cut),
        )

    def _dependencies(self, key: IssueKey) -> Sequence[RestBlocker]:
        """Return GitHub's own blockers by REST, none where the server does not know them.

        https://docs.github.com/en/rest/issues/issue-dependencies
        """
        if self._no_dependencies:
            return ()
        path = f"/issues/{key.number}/dependencies/blocked_by"
        try:
            items = self.api.rest_list(path, repo=key.repo)
        except NotFound:
            self._no_dependencies = True
            return ()
        return parse(tuple[RestBlocker, ...], items, f"reading what blocks {key}")


def batches(
    heads: Sequence[IssueHead], branches: Mapping[IssueKey, str]
) -> list[Sequence[IssueHead]]:
    """Cut heads into requests: at most `ISSUES` issues and `BRANCHES` branches each."""
    found: list[list[IssueHead]] = []
    with_branch = 0
    for head in heads:
        if not found or len(found[-1]) == ISSUES or with_branch == BRANCHES:
            found.append([])
            with_branch = 0
        found[-1].append(head)
        with_branch += head.key in branches
    return list(found)


def _named(head: IssueHead) -> Sequence[IssueKey]:
    """Return the blockers a listing saw in the body; a head made elsewhere has none."""
    handle = head.handle if isinstance(head.handle, tuple) else ()
    return [one for one in handle if isinstance(one, IssueKey)]


def _add_states(reply: Reply, named: Sequence[IssueKey], states: States) -> None:
    for number, key in enumerate(named):
        shown = reply.data.get(f"b{number}")
        blocker = shown.get("issueOrPullRequest") if isinstance(shown, dict) else None
        states[key] = closed(blocker if isinstance(blocker, dict) else None)
