"""GitHub as a tracker: github.com and GitHub Enterprise Server behind `afk.ports.Tracker`.

Profile
-------
GraphQL first (body edits and editors exist only there), REST for permissions, a branch's head,
writes, and for why GraphQL does not show a repository.

=========================  ====================================================================
operation                  requests
=========================  ====================================================================
``listing``, ``me``        1 GraphQL per 100 repositories, `afk.adapters.github.listing`; ``me``
                           comes with it, alone it is 1
``read``, ``reread``       1 GraphQL per 37 issues with up to 25 branches and their CI,
                           `afk.adapters.github.issues`
``branches``               0 after such a read, else 1 GraphQL per 50,
                           `afk.adapters.github.branches`
``read_comment``           1 GraphQL
``repository``             0 if this tick has seen it, else 1
``permission``, ``head``   1
``body_edits``             0
``ensure_labels``          0 if the listing saw them, else 1 and 1 per missing label
writes                     1 each, `afk.adapters.github.writes`
=========================  ====================================================================

Permissions: ``contents: read``, ``metadata: read``, ``issues: write``; for CI those of
`afk.adapters.github.checks`. Errors: `afk.adapters.github.errors` (REST, with recordings),
`afk.adapters.github.graphql_reply`. Limits: REST and GraphQL have an hourly quota each (the job's
token 1,000, an installation more, recording 151); the last seen are in `GitHubApi.quotas`.

Because ``read`` fetches branches along, T3 must be read before it, not only before ``branches``.

Recordings (tests/recordings/github): reads of repositories 123 to 126, 130, 135, 137; branch 138,
139; permission 055 to 061; labels 030 to 036, 040 to 043; comments 050 to 053; state 015 to 017.
No recording shows a listing, an issue or a branch by GraphQL: these rest on the schema.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from httpx import codes

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.branches import GitHubBranches
from afk.adapters.github.errors import GONE, missing_right
from afk.adapters.github.installation import meant
from afk.adapters.github.issue_queries import VIEWER
from afk.adapters.github.issues import GitHubIssues
from afk.adapters.github.listing import GitHubListing, Known
from afk.adapters.github.mapping import permission, rest_repository, viewer
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.wire import RestBranch, RestPermission, WireViewer, parse
from afk.adapters.github.writes import GitHubWrites
from afk.config import Config
from afk.errors import NoBranch, NoRepository, NotFound, RateLimited, TokenError
from afk.model.forge import Branch, IssueHead, Listing
from afk.ports import BranchQuery, CloseResult
from afk.types import (
    Account,
    AccountKind,
    Comment,
    Forge,
    Issue,
    IssueKey,
    Label,
    Permission,
    Repository,
)

_MAY_LABEL: Final = frozenset({"ADMIN", "MAINTAIN", "WRITE", "TRIAGE"})
_TO_ASK: Final = "to push, without which nobody may ask what others may do"


class GitHubTracker:
    """Implements `afk.ports.Tracker`; one object per tick, since it remembers what it saw.

    ``host`` is the canonical host (``github.com``), ``web`` its address for people;
    ``prefetched`` is shared with `afk.adapters.github.checks.GitHubChecks`, ``known`` with
    `afk.adapters.github.talk.GitHubTalk`.
    """

    forge = Forge.GITHUB

    def __init__(
        self,
        *,
        api: GitHubApi,
        web: str,
        host: str,
        config: Config,
        prefetched: Prefetched,
        known: Known | None = None,
    ) -> None:
        """Put the parts together; sends nothing."""
        self.host = host
        self.web = web
        self._api = api
        self._known = known if known is not None else Known()
        self._listing = GitHubListing(api=api, config=config, known=self._known)
        self._issues = GitHubIssues(api=api, known=self._known, prefetched=prefetched)
        self._branches = GitHubBranches(api=api, prefetched=prefetched)
        self._writes = GitHubWrites(api=api, known=self._known)

    def me(self) -> Account:
        """Return the token's account, from the listing where there was one."""
        if self._known.me is None:
            shown = self._api.query(VIEWER).data.get("viewer")
            self._known.me = viewer(parse(WireViewer, shown, "asking who I am"))
        return self._known.me

    def listing(self, repos: Sequence[str], *, quiet: timedelta | None = None) -> Listing:
        """Return labelled issues and the repositories' troubles."""
        return self._listing.read(repos, quiet)

    def read(
        self, heads: Sequence[IssueHead], *, branches: Mapping[IssueKey, str] | None = None
    ) -> Mapping[IssueKey, Issue]:
        """Return whole issues; raises `RepositoryMoved` or `NotFound` for a repository gone."""
        return self._issues.read(heads, branches or {})

    def closed(self, keys: Sequence[IssueKey]) -> Mapping[IssueKey, bool]:
        """Say which are closed; 1 GraphQL request for 100."""
        return self._issues.closed(keys)

    def reread(self, key: IssueKey) -> Issue | None:
        """Return one issue afresh; its comments are never older than itself.

        See `afk.adapters.github.issues`.
        """
        return self._issues.read([IssueHead(key, ready=False, in_progress=False)], {}).get(key)

    def repository(self, name: str) -> Repository:
        """Return the repository as this tick has seen it, or as REST shows it."""
        seen = self._known.repositories.get(name)
        try:
            return seen or rest_repository(self._api.repository(name))
        except NotFound:
            raise NoRepository(name, meant(self._api, name)) from None

    def permission(self, repo: str, account: Account) -> Permission:
        """Say whether the account may write.

        UNKNOWN for a login that belongs to another account by now. An unknown user is answered
        404 (documented). A token without push right is answered 403 (recording 061), and that is
        the token's trouble, not the account's: `TokenError`. A 403 that does not say so: UNKNOWN.
        """
        if account.kind is AccountKind.GHOST:
            return Permission.UNKNOWN
        path = f"/collaborators/{quote(account.login, safe='')}/permission"
        answer = self._api.send("GET", f"/repos/{quote(repo)}{path}")
        if not answer.ok:
            problem = self._api.problem(answer, repo=repo)
            if isinstance(problem, TokenError):
                raise missing_right(problem.what, _TO_ASK) from None
            if answer.status == codes.FORBIDDEN and not isinstance(problem, RateLimited):
                return Permission.UNKNOWN
            if answer.status in GONE and answer.is_json:
                return Permission.NO_WRITE
            raise problem
        shown = parse(RestPermission, answer.json, f"asking for the rights of {account.login}")
        if shown.user is not None and shown.user.id != account.id:
            return Permission.UNKNOWN
        return permission(shown.permission)

    def body_edits(self, issue: Issue) -> Sequence[datetime] | None:
        """Return the newest edit of the body, which came with the issue."""
        if not issue.body_edits_known:
            return None
        return (issue.body_edited_at,) if issue.body_edited_at else ()

    def head(self, repo: str, branch: str) -> str:
        """Return the sha at the branch's tip; `NoBranch` without such a branch (139)."""
        try:
            answer = self._api.rest("GET", f"/branches/{quote(branch, safe='')}", repo=repo)
        except NotFound:
            raise NoBranch(repo, branch) from None
        return parse(RestBranch, answer.json, f"reading {branch} of {repo}").commit.sha

    def branches(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return each branch beyond its base; an absent branch has no head, incomplete."""
        return self._branches.read(queries)

    def ensure_labels(self, repo: str, names: Sequence[str]) -> None:
        """Create those labels that the repository does not have."""
        self._writes.ensure_labels(repo, names)

    def may_label(self, issue: Issue, name: str) -> None:
        """Raise what keeps this token from labelling: no event, and no request where it is known.

        The listing tells what the account may do with the repository; for what it does not tell
        of, or tells that it may read, one request asks (a job's token has rights of its own).
        """
        if self._known.rights.get(issue.repo.name) not in _MAY_LABEL:
            self._writes.may_label(issue, name)

    def describe_label(self, issue: Issue, label: Label, description: str) -> None:
        """Do nothing: events keep the name they were made under, so no label has to vouch for it.

        https://github.com/aws-actions/stale-issue-cleanup/issues/20
        """

    def label(self, issue: Issue, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Add, then remove labels, in one request where possible."""
        self._writes.label(issue, add, remove)

    def read_comment(self, issue: Issue, comment: Comment) -> Comment | None:
        """Return a comment as it stands now, by the node id it had when it came."""
        del issue
        return self._issues.comment(comment.id)

    def create_comment(self, issue: Issue, body: str) -> Comment:
        """Post a comment."""
        return self._writes.comment(issue, body)

    def edit_comment(self, issue: Issue, comment: Comment, body: str) -> Comment:
        """Replace a comment's text."""
        return self._writes.edit_comment(issue, comment, body, self.me())

    def delete_comment(self, issue: Issue, comment: Comment) -> None:
        """Delete a comment."""
        self._writes.delete_comment(issue, comment)

    def close(self, issue: Issue) -> CloseResult:
        """Close as completed; GitHub never refuses because of blockers."""
        if not issue.open:
            return CloseResult.CLOSED
        self._writes.set_state(issue, "closed", state_reason="completed")
        return CloseResult.CLOSED

    def reopen(self, issue: Issue) -> None:
        """Reopen."""
        if not issue.open:
            self._writes.set_state(issue, "open")
