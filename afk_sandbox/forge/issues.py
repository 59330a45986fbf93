"""The forge's issues: every write, each with the history that a real forge leaves of it.

Each write is one method, used by scenarios and by the views' handlers alike; rights are not
checked here. What moves ``updated_at`` and what does not is as observed of
Forgejo (recordings ``forgejo/14.0.0/072``, ``091``, ``187``); GitHub does the same.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.history import History
from afk_sandbox.forge.records import (
    Account,
    Comment,
    Issue,
    Label,
    Repository,
)


class Blocked(Exception):
    """An issue cannot be closed because something it waits for is open."""


class BadDependency(Exception):
    """A dependency that is there already, is not there, or goes in a circle."""


class Issues(History):
    """Issues, labels on them, comments, dependencies."""

    def open_issue(
        self,
        repo: Repository,
        title: str,
        author: Account,
        body: str = "",
        *,
        labels: Iterable[Label | str] = (),
        is_pull: bool = False,
    ) -> Issue:
        """Open an issue; its labels are applied by its author, whoever that is."""
        now = self.now()
        issue = Issue(
            id=self.next_id("issue"),
            number=repo.next_number,
            repo=repo,
            author=author,
            title=title,
            body=body,
            created_at=now,
            updated_at=now,
            is_pull=is_pull,
        )
        repo.next_number += 1
        repo.issues[issue.number] = issue
        for label in self._resolve(repo, labels):
            self._add_label(issue, label, author, None)
        self.mention(issue, body, author, None)
        return issue

    def web_form_issue(
        self,
        repo: Repository,
        actor: Account,
        labels: Iterable[Label | str],
        *,
        title: str = "from the web form",
        body: str = "",
    ) -> Issue:
        """Open an issue as the web form does: with any label, by anybody who can see it.

        Recording ``forgejo/14.0.0/063-seq-stranger-labels-by-web-form``.
        """
        return self.open_issue(repo, title, actor, body, labels=labels)

    def issue(self, ref: str) -> Issue:
        """Return the issue ``owner/name#7``; KeyError when there is none."""
        name, _, number = ref.rpartition("#")
        repo = self.repository(name)
        if repo is None:
            raise KeyError(ref)
        return repo.issues[int(number)]

    def delete_issue(self, issue: Issue) -> None:
        """Delete an issue with all that hangs on it."""
        del issue.repo.issues[issue.number]
        issue.repo.gone[issue.number] = None
        for repo in self.repositories:
            repo.gone = {n: None if one is issue else one for n, one in repo.gone.items()}
            for other in repo.issues.values():
                other.blockers = [one for one in other.blockers if one is not issue]
                other.sub_issues = [one for one in other.sub_issues if one is not issue]
                other.events = [one for one in other.events if one.other is not issue]

    def transfer_issue(self, issue: Issue, repo: Repository) -> None:
        """Move an issue to another repository (GitHub): a new number, labels of equal name."""
        del issue.repo.issues[issue.number]
        issue.repo.gone[issue.number] = issue
        names = [label.name for label in issue.labels]
        issue.repo, issue.number, issue.id = repo, repo.next_number, self.next_id("issue")
        issue.labels = self.labels_named(repo, names)
        issue.updated_at = self.now()
        repo.next_number += 1
        repo.issues[issue.number] = issue

    # Title, body, state

    def edit_title(
        self, issue: Issue, actor: Account, title: str, *, at: datetime | None = None
    ) -> None:
        """Rename an issue; the same title leaves no trace."""
        if title != issue.title:
            event = self.record(issue, EventKind.RENAMED, actor, at=at)
            event.old, event.new = issue.title, title
            issue.title = title

    def edit_body(
        self, issue: Issue, actor: Account, body: str, *, at: datetime | None = None
    ) -> None:
        """Replace the body: no event, only a revision; ``at`` backdates ``updated_at``."""
        self.revise(issue, actor, body)
        issue.body = body
        issue.updated_at = at or self.now()
        self.mention(issue, body, actor, None)

    def set_branch(self, issue: Issue, actor: Account, branch: str) -> None:
        """Tie an issue to a branch: only commits there close it."""
        if branch != issue.branch:
            event = self.record(issue, EventKind.BRANCH_CHANGED, actor)
            event.old, event.new = issue.branch, branch
            issue.branch = branch

    def close(
        self,
        issue: Issue,
        actor: Account,
        *,
        commit: str = "",
        reason: str = "completed",
        at: datetime | None = None,
    ) -> None:
        """Close an issue, by hand or by a commit. Raises `Blocked`; closed is no error."""
        if not issue.open:
            return
        if self.rules.blockers_hold and any(blocker.open for blocker in issue.blockers):
            raise Blocked(issue.ref)
        self.record(issue, EventKind.CLOSED, actor, at=at).commit = commit
        issue.closed_at, issue.reason = issue.updated_at, reason

    def reopen(
        self, issue: Issue, actor: Account, *, commit: str = "", at: datetime | None = None
    ) -> None:
        """Reopen an issue; open is no error."""
        if not issue.open:
            self.record(issue, EventKind.REOPENED, actor, at=at).commit = commit
            issue.closed_at = None

    def lock(self, issue: Issue, actor: Account) -> None:
        """Lock an issue: only those with write may comment."""
        if not issue.locked:
            self.record(issue, EventKind.LOCKED, actor)
            issue.locked = True

    def unlock(self, issue: Issue, actor: Account) -> None:
        """Unlock an issue: everybody may comment again."""
        if issue.locked:
            self.record(issue, EventKind.UNLOCKED, actor)
            issue.locked = False

    def assign(self, issue: Issue, account: Account, actor: Account) -> None:
        """Assign somebody."""
        if account not in issue.assignees:
            self.record(issue, EventKind.ASSIGNED, actor).assignee = account
            issue.assignees.append(account)

    # Labels

    def add_label(
        self, issue: Issue, label: Label | str, actor: Account, *, at: datetime | None = None
    ) -> None:
        """Put a label (every one of that name) on an issue; one already on leaves no event."""
        for one in self._resolve(issue.repo, [label]):
            self._add_label(issue, one, actor, at)

    def remove_label(self, issue: Issue, label: Label | str, actor: Account) -> None:
        """Take a label off; one that is not on leaves no event."""
        for one in self._resolve(issue.repo, [label]):
            if one in issue.labels:
                issue.labels.remove(one)
                event = self.record(issue, EventKind.UNLABELED, actor)
                event.label, event.label_name = one, one.name

    def set_labels(self, issue: Issue, labels: Sequence[Label], actor: Account) -> None:
        """Replace all labels: additions first, then removals, events for what changed only."""
        surplus = [one for one in issue.labels if one not in labels]
        for label in labels:
            self._add_label(issue, label, actor, None)
        for label in sorted(surplus, key=lambda one: one.id):
            self.remove_label(issue, label, actor)

    def _add_label(self, issue: Issue, label: Label, actor: Account, at: datetime | None) -> None:
        if label in issue.labels:
            return
        for other in [one for one in issue.labels if label.scope and one.scope == label.scope]:
            self.remove_label(issue, other, actor)
        issue.labels.append(label)
        event = self.record(issue, EventKind.LABELED, actor, at=at)
        event.label, event.label_name = label, label.name

    def _resolve(self, repo: Repository, labels: Iterable[Label | str]) -> list[Label]:
        found: list[Label] = []
        for label in labels:
            found += [label] if isinstance(label, Label) else self.labels_named(repo, [label])
        return found

    # Comments

    def comment(self, issue: Issue, actor: Account, body: str) -> Comment:
        """Comment on an issue."""
        now = self.now()
        comment = Comment(
            id=self.next_id("entry"),
            issue=issue,
            author=actor,
            body=body,
            created_at=now,
            updated_at=now,
        )
        issue.comments.append(comment)
        issue.updated_at = now
        self.mention(issue, body, actor, comment)
        return comment

    def edit_comment(self, comment: Comment, actor: Account, body: str) -> None:
        """Replace a comment's text; the issue's ``updated_at`` stays."""
        self.revise(comment, actor, body)
        comment.body = body
        comment.updated_at = self.now()
        self.mention(comment.issue, body, actor, comment)

    def delete_comment(self, comment: Comment) -> None:
        """Delete a comment; the issue's ``updated_at`` stays."""
        comment.issue.comments.remove(comment)

    def react(self, comment: Comment, actor: Account, content: str) -> bool:
        """Put a reaction on; says whether it was not there yet. No time of the issue moves."""
        fresh = (content, actor.id) not in comment.reactions
        comment.reactions.setdefault((content, actor.id), self.now())
        return fresh

    def comment_by_id(self, repo: Repository, comment_id: int) -> Comment | None:
        """Return a comment of a repository."""
        every = (comment for issue in repo.issues.values() for comment in issue.comments)
        return next((comment for comment in every if comment.id == comment_id), None)

    # Dependencies

    def add_dependency(self, issue: Issue, blocker: Issue, actor: Account) -> None:
        """Let an issue wait for another; even for itself. Raises `BadDependency`."""
        if blocker in issue.blockers or (issue in blocker.blockers and issue is not blocker):
            raise BadDependency(issue.ref)
        issue.blockers.append(blocker)
        self.record(issue, EventKind.BLOCKED_BY_ADDED, actor).other = blocker
        self.record(blocker, EventKind.BLOCKING_ADDED, actor).other = issue

    def add_sub_issue(self, parent: Issue, issue: Issue) -> None:
        """Make an issue part of another (GitHub); it leaves the one it was part of."""
        if issue.parent is not None:
            issue.parent.sub_issues.remove(issue)
        issue.parent = parent
        parent.sub_issues.append(issue)

    def remove_dependency(self, issue: Issue, blocker: Issue, actor: Account) -> None:
        """Let an issue wait no more. Raises `BadDependency` when it did not."""
        if blocker not in issue.blockers:
            raise BadDependency(issue.ref)
        issue.blockers.remove(blocker)
        self.record(issue, EventKind.BLOCKED_BY_REMOVED, actor).other = blocker
        self.record(blocker, EventKind.BLOCKING_REMOVED, actor).other = issue
