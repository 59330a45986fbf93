"""Forgejo behind the `Tracker` port: issues, labels, comments and branches over REST.

Profile
-------
Servers: Forgejo 11, 14 and 16 observed live, those between and after by their source; no request is
spent on the version. Base URL ``{server}/api/v1``, ``Authorization: token ...``.

Endpoints, each with its recordings' number below ``forgejo/14.0.0`` and ``forgejo/11.0.15``:

=====================================================  ========================================
GET ``/repos/issues/search``                           `listing` (024 to 033, 128)
GET ``/repos/{o}/{r}/issues/{n}``                      009, 103, 119, 125
GET ``/repos/{o}/{r}/issues/{n}/timeline``             `timeline` (035 to 062, 098, 133)
GET ``/repos/{o}/{r}/issues/{n}/dependencies``         `issues` (107 to 117)
GET ``/repos/{o}/{r}/collaborators/{u}/permission``    `permission` (079 to 087, 122)
GET ``/repos/{o}/{r}/assignees``                       `permission` (088, 089)
GET ``/repos/{o}/{r}``                                 013, 132
GET ``/repos/{o}/{r}/branches/{branch}``               147, 174
GET ``/repos/{o}/{r}/compare/{base}...{branch}``       138 to 140
GET ``/repos/{o}/{r}/commits``                         141, 143, 148
GET, POST, PATCH, DELETE labels                        `labels` (037 to 058)
GET, POST, PATCH, DELETE comments                      090, 091, 101, 120, 129
PATCH ``/repos/{o}/{r}/issues/{n}``                    105, 115 (answers 201)
GET ``/user``                                          003, 182
GET ``{web}/{o}/{r}/issues/{n}/content-history/list``  070, 071, 074, 078; anonymous, no API
=====================================================  ========================================

Scopes: ``write:issue`` and ``read:repository``; ``read:user`` for the token's own account (or
``own_accounts``); ``read:organization`` only to see an organisation's labels before creating
ours (measured, 178 to 182).

Limits: Forgejo has no rate limits and no conditional requests; bodies are bounded by `Http`.

Errors: `afk.adapters.forgejo.errors`. A renamed repository answers 301 (14) or 307 (11) to every
method and is never followed; an archived one refuses comments with 423 but takes labels and state
changes (129 to 131), so whoever writes asks `repository` first.

The object lives for one tick: it remembers the token's account, repositories asked for by name,
and which labels repositories have; nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from httpx import codes

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.api import ForgejoApi, issue_path, repo_path
from afk.adapters.forgejo.branches import Branches
from afk.adapters.forgejo.errors import error_of, missing_scope, moved_to
from afk.adapters.forgejo.installation import meant
from afk.adapters.forgejo.issues import IssueReader
from afk.adapters.forgejo.labels import Labels
from afk.adapters.forgejo.listing import Search, trouble_of
from afk.adapters.forgejo.permission import Permissions
from afk.adapters.forgejo.revisions import revisions
from afk.adapters.forgejo.wire import ISSUE, ITEM, REPOSITORY, USER, WireRepository, parse
from afk.adapters.http import Answer, Http
from afk.config import Config
from afk.errors import NoRepository, NotFound, Refused, RepositoryMoved, TokenError
from afk.model.forge import Branch, IssueHead, Listing
from afk.ports import BranchQuery, CloseResult
from afk.types import Account, Comment, Forge, Issue, IssueKey, Label, Permission, Repository


class ForgejoTracker:
    """`afk.ports.Tracker` on one Forgejo server, through one token."""

    def __init__(self, *, http: Http, web: str, host: str, config: Config) -> None:
        """``http`` speaks to ``{server}/api/v1``; ``web`` is the server's root for people."""
        self.forge = Forge.FORGEJO
        self.host = host
        self._http = http
        self.web = web.rstrip("/")
        self._config = config
        self._api = ForgejoApi(http)
        self._search = Search(self._api, config)
        self._labels = Labels(self._api, config)
        self._reader = IssueReader(self._api, self._labels)
        self._permissions = Permissions(self._api)
        self._branches = Branches(self._api)
        self._me: Account | None = None
        self._repositories: dict[str, WireRepository] = {}

    def me(self) -> Account:
        """Return the token's account.

        Without ``read:user`` (``182-scope-missing-read-user``) the first of ``own_accounts``
        stands for it, known by id only; `TokenError` when there is none.
        """
        if self._me is None:
            self._me = self._ask_me()
        return self._me

    def _ask_me(self) -> Account:
        answer = self._http.get("/user")
        if not (scope := missing_scope(answer)):
            return mapping.account(self._api.value(USER, answer, "asking who the token is"))
        if self._config.own_accounts:
            return mapping.account_of(self._config.own_accounts[0])
        raise TokenError(
            "Forgejo does not tell whose token this is",
            cause=f"the token lacks the scope {scope}",
            next_step=f"create a token with {scope}, or write the account's numeric id into "
            "own_accounts in afk's configuration",
        )

    def listing(self, repos: Sequence[str], *, quiet: timedelta | None = None) -> Listing:
        """Return heads and troubles: one request per owner when nothing is unusual."""
        return self._search.listing(repos, lambda name: trouble_of(name, self.repository), quiet)

    def read(
        self, heads: Sequence[IssueHead], *, branches: Mapping[IssueKey, str] | None = None
    ) -> Mapping[IssueKey, Issue]:
        """Return whole issues, `Issue.repo` by id and name only; ``branches`` is not needed."""
        del branches
        return self._reader.whole(heads)

    def closed(self, keys: Sequence[IssueKey]) -> Mapping[IssueKey, bool]:
        """Say which are closed, 1 request each; what fails counts as open."""
        return self._reader.closed(keys)

    def reread(self, key: IssueKey) -> Issue | None:
        """Return one issue afresh; None when it is gone and its repository answers."""
        item = self._reader.item(key)
        if item is not None and item.key != key:
            raise RepositoryMoved(key.repo, item.key.repo)
        head = IssueHead(key, ready=False, in_progress=False, handle=item)
        issue = self._reader.whole([head]).get(key) if item is not None else None
        if issue is None:
            self._ask_repository(key.repo)
        return issue

    def repository(self, name: str) -> Repository:
        """Return the repository, asked once a tick."""
        if name not in self._repositories:
            try:
                self._repositories[name] = self._ask_repository(name)
            except NotFound:
                raise NoRepository(name, meant(self._api, self._config, name)) from None
        return mapping.repository(self._repositories[name])

    def _ask_repository(self, name: str) -> WireRepository:
        """Raise `RepositoryMoved` also when only the case differs: the allowlist is exact."""
        answer = self._http.get(repo_path(name))
        if new := moved_to(answer):
            # One step on: an owner's new name with a repository's old one moves once more.
            onward = self._http.get(repo_path(new))
            new = self._full_name(onward) if onward.ok else moved_to(onward) or new
            if new.casefold() != name.casefold():
                raise RepositoryMoved(name, new)
        found = self._api.value(REPOSITORY, answer, f"reading the repository {name}", repo=name)
        if found.full_name != name:
            raise RepositoryMoved(name, found.full_name)
        return found

    def _full_name(self, answer: Answer) -> str:
        return parse(REPOSITORY, answer.json, "reading a renamed repository").full_name

    def permission(self, repo: str, account: Account) -> Permission:
        """Say whether the account may write; one or two requests."""
        known = self._repositories.get(repo)
        rights = known.permissions if known else None
        # A token whose account is no repository admin would only be told 403.
        return self._permissions.of(repo, account, may_ask=rights is None or rights.admin)

    def body_edits(self, issue: Issue) -> Sequence[datetime] | None:
        """Return the times of the body's revisions; None on a private repository."""
        return revisions(self._api, self.web, issue.repo.name, issue.number, "0")

    def head(self, repo: str, branch: str) -> str:
        """Return the branch's tip; `NotFound` names the branch."""
        return self._branches.head(repo, branch)

    def branches(self, queries: Sequence[BranchQuery]) -> Mapping[BranchQuery, Branch]:
        """Return each branch beyond its base: one request for each branch, mostly."""
        return self._branches.read(queries)

    def ensure_labels(self, repo: str, names: Sequence[str]) -> None:
        """Create those labels that the repository and its organisation do not have."""
        self._labels.ensure(repo, names)

    def may_label(self, issue: Issue, name: str) -> None:
        """Raise `Forbidden` where this token may not label: no event, one request at most.

        None for an administrator of the repository, nor where the account may push and a user owns
        the repository: there is write on all of it or on nothing. In an organisation a team may
        push and not label, or label and not push.
        """
        known = self._repositories.get(issue.repo.name)
        rights = known.permissions if known else None
        whole = rights is not None and rights.push
        whole = whole and self._permissions.owned_by_user(issue.repo.name)
        if not (whole or (rights is not None and rights.admin)):
            self._labels.may_change(issue, name)

    def describe_label(self, issue: Issue, label: Label, description: str) -> None:
        """Replace a label's description: one request."""
        self._labels.describe(issue, label, description)

    def label(self, issue: Issue, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Add, then remove: one request for all added, one per label removed."""
        self._labels.change(issue, add, remove)

    def read_comment(self, issue: Issue, comment: Comment) -> Comment | None:
        """Return a comment afresh; None when it is gone and its repository answers.

        ``forgejo-actions/14.0.0/api-job-token-4``; 404 as in ``120-comment-of-deleted-issue``.
        """
        answer = self._http.get(self._comment_path(issue, comment))
        if answer.status == codes.NOT_FOUND:
            self._ask_repository(issue.repo.name)
            return None
        return self._comment(answer, f"reading a comment on {issue.key}", issue)

    def create_comment(self, issue: Issue, body: str) -> Comment:
        """Post a comment (``090-comment-create``)."""
        path = f"{issue_path(issue.key)}/comments"
        answer = self._http.send("POST", path, body={"body": body})
        return self._comment(answer, f"commenting on {issue.key}", issue)

    def edit_comment(self, issue: Issue, comment: Comment, body: str) -> Comment:
        """Replace a comment's text (``091-comment-edit``); the issue's updated_at stays."""
        path = self._comment_path(issue, comment)
        answer = self._http.send("PATCH", path, body={"body": body}, repeat=True)
        return self._comment(answer, f"editing a comment on {issue.key}", issue)

    def delete_comment(self, issue: Issue, comment: Comment) -> None:
        """Delete a comment (``101-comment-delete``)."""
        answer = self._http.send("DELETE", self._comment_path(issue, comment), repeat=True)
        if not answer.ok and answer.status != codes.NOT_FOUND:
            what = f"deleting a comment on {issue.key}"
            raise error_of(answer, what, repo=issue.repo.name)

    def close(self, issue: Issue) -> CloseResult:
        """Close; BLOCKED on 412 (``115-close-with-open-blockers``)."""
        if not issue.open:
            return CloseResult.CLOSED
        answer = self._set_state(issue, "closed")
        if answer.status == codes.PRECONDITION_FAILED:
            return CloseResult.BLOCKED
        self._check_state(answer, issue, "closed")
        return CloseResult.CLOSED

    def reopen(self, issue: Issue) -> None:
        """Reopen (``188-seq-closed-by-push-then-reopened``)."""
        if not issue.open:
            self._check_state(self._set_state(issue, "open"), issue, "open")

    def _comment_path(self, issue: Issue, comment: Comment) -> str:
        return f"{repo_path(issue.repo.name)}/issues/comments/{comment.id}"

    def _comment(self, answer: Answer, what: str, issue: Issue) -> Comment:
        return mapping.comment(self._api.value(ITEM, answer, what, repo=issue.repo.name))

    def _set_state(self, issue: Issue, state: str) -> Answer:
        return self._http.send("PATCH", issue_path(issue.key), body={"state": state}, repeat=True)

    def _check_state(self, answer: Answer, issue: Issue, state: str) -> None:
        """A field that Forgejo does not take is ignored with 201, so the answer is read."""
        what = f"setting {issue.key} to {state}"
        stands = self._api.value(ISSUE, answer, what, repo=issue.repo.name).state
        if stands != state:
            raise Refused(f"{what} failed: it is {stands}", status=answer.status)
