"""A sandbox's GitHub with one of everything, and a request for every endpoint."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from afk_sandbox.forge.ci import CI, Job, Workflow
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.pull_records import Verdict
from afk_sandbox.forge.records import AccountKind
from afk_sandbox.forge.reviews import Note
from afk_sandbox.forge.rules_of_branches import Queue
from afk_sandbox.forge.trees import Change
from afk_sandbox.github.routes import RULES
from afk_sandbox.github.settings import KEY_ID

REPO = "/repos/acme/shop"
ISSUE = f"{REPO}/issues/2"
PULL = f"{REPO}/pulls/3"

Request = tuple[str, str, dict[str, Any] | None]


class Shop:
    """A forge with one of everything that can be asked for."""

    def __init__(self) -> None:
        """Fill the forge."""
        self.now = [datetime(2026, 5, 1, 9, tzinfo=UTC)]
        self.forge = forge = ForgeModel(lambda: self.now[0])
        acme = forge.add_account("acme", kind=AccountKind.ORGANISATION)
        self.ann = forge.add_account("ann")
        bot = forge.add_account("afk", kind=AccountKind.BOT)
        deploy = Workflow(
            name="deploy", file="deploy.yml", jobs=(Job("rollout"),), environment="production"
        )
        repo = forge.add_repository(acme, "shop", workflows=(CI, deploy))
        forge.set_access(repo, self.ann, "admin")
        forge.rules = RULES
        for name in ("bug", "ready-for-agent", "spare"):
            forge.define_label(repo, name, description="a label" if name == "bug" else "")
        blocker = forge.open_issue(repo, "first", bot, "")
        issue = forge.open_issue(repo, "second", self.ann, "see #1", labels=["bug"])
        self.first = forge.push(repo, "main", "begin\n\nCI: red", self.ann)
        line = Change("till.py", 1, "till = 1")
        self.head = forge.push(repo, "topic", "refs #2", self.ann, changes=[line])
        self.pull = forge.open_pull(repo, self.ann, "topic", title="third", body="closes #2")
        part = self.pull.issue
        other = forge.open_issue(repo, "fourth", forge.add_account("gone"), "see #2")
        forge.add_dependency(issue, blocker, self.ann)
        forge.add_dependency(other, issue, self.ann)
        forge.add_sub_issue(issue, part)
        forge.edit_title(issue, self.ann, "second, renamed")
        forge.edit_body(issue, self.ann, "other words")
        forge.assign(issue, self.ann, self.ann)
        forge.comment(issue, bot, "hello")
        forge.comment(issue, self.ann, "bye")
        forge.close(blocker, self.ann, reason="not_planned")
        forge.close(issue, self.ann)
        forge.reopen(issue, self.ann)
        forge.lock(issue, self.ann)
        forge.remove_label(issue, "bug", self.ann)
        self._reviewed()
        forge.post_status(repo, self.head, "success", self.ann, target_url="https://ci.test/1")
        self.now[0] += timedelta(seconds=30)
        self.comment = issue.comments[0].id
        self.job = repo.runs[0].id * 1000 + 3
        forge.delete_account(other.author)

    def _reviewed(self) -> None:
        """Let a reviewer speak, on a line and on the whole; protect what is merged into."""
        forge, (repo, *_) = self.forge, self.forge.repositories
        rita = forge.add_account("rita")
        forge.set_access(repo, rita, "write")
        note = Note("till.py", 1, "why one?")
        review = forge.review(self.pull, rita, Verdict.CHANGES_REQUESTED, "no", notes=[note])
        self.thread = review.comments[0].thread
        forge.reply(self.thread, self.ann, "because")
        forge.edit_review(review, rita, "not yet")
        forge.hide(review)
        forge.protect(repo, "release", ruleset=True, required=("build",), approvals=1)
        forge.protect(repo, "stable", required=("build", "test"))
        for branch in ("release", "stable", "spare"):
            forge.create_branch(repo, branch, self.first, self.ann)
        forge.protect(repo, "queued", ruleset=True, required=("build",), queue=Queue())
        forge.create_branch(repo, "queued", self.first, self.ann)
        forge.push(repo, "late", "be late", self.ann, changes=[Change("till.py", 2, "till = 2")])
        self.queued = forge.open_pull(repo, self.ann, "late", title="late", base="queued")
        forge.post_status(repo, self.queued.head_sha, "success", self.ann, context="build")

    def requests(self) -> Iterator[Request]:
        """Yield requests to every endpoint; what takes something away comes last."""
        yield from (
            ("GET", path, None)
            for path in (
                "/user",
                REPO,
                "/repos/acme/none",
                f"{REPO}/collaborators/ann/permission",
                f"{REPO}/collaborators/afk[bot]/permission",
                f"{REPO}/labels",
                ISSUE,
                f"{REPO}/issues/99",
                f"{ISSUE}/comments",
                f"{REPO}/issues/comments/{self.comment}",
                f"{ISSUE}/dependencies/blocked_by",
                f"{REPO}/branches/main",
                f"{REPO}/branches/none",
                f"{REPO}/branches/stable",
                f"{REPO}/rules/branches/release",
                f"{REPO}/pulls?state=all&head=acme:topic",
                f"{REPO}/pulls/3",
                f"{REPO}/actions/runs?head_sha={self.first}&per_page=100",
                f"{REPO}/actions/jobs/{self.job}/logs",
            )
        )
        yield "POST", f"{REPO}/labels", {"name": "new", "color": "ff0000"}
        yield "POST", f"{REPO}/labels", {"name": "new"}
        yield "POST", f"{REPO}/issues", {"title": "fifth", "labels": ["made on the fly"]}
        yield "POST", f"{REPO}/issues", {}
        yield "PATCH", ISSUE, {"state": "closed", "state_reason": "duplicate"}
        yield "POST", f"{ISSUE}/labels", {"labels": ["bug"]}
        yield "DELETE", f"{ISSUE}/labels/bug", None
        yield "DELETE", f"{ISSUE}/labels/bug", None
        yield "POST", f"{ISSUE}/comments", {"body": "more"}
        yield "POST", f"{ISSUE}/comments", {"body": "x" * 65_537}
        yield "PATCH", f"{REPO}/issues/comments/{self.comment}", {"body": "less"}
        for content in ("eyes", "eyes", "sad"):
            yield "POST", f"{REPO}/issues/comments/{self.comment}/reactions", {"content": content}
        yield "DELETE", f"{REPO}/issues/comments/{self.comment}", None
        yield from self._settings()
        yield from self._landing()

    def _settings(self) -> Iterator[Request]:
        """Yield what is done about secrets and variables; refusals the description leaves out."""
        secret, variable = f"{REPO}/actions/secrets/A_KEY", f"{REPO}/actions/variables/AN_ADDRESS"
        sealed = {"encrypted_value": "c2VhbGVk", "key_id": KEY_ID}
        yield "GET", f"{REPO}/actions/secrets/public-key", None
        yield "PUT", secret, sealed
        yield "PUT", secret, sealed
        yield "GET", f"{REPO}/actions/secrets", None
        yield "POST", f"{REPO}/actions/variables", {"name": "AN_ADDRESS", "value": "there"}
        yield "PATCH", variable, {"value": "elsewhere"}
        yield "GET", variable, None

    def _landing(self) -> Iterator[Request]:
        """Yield what is written about pull requests."""
        run = self.forge.repositories[0].runs[0].id
        yield "POST", f"{REPO}/actions/runs/{run}/rerun-failed-jobs", {}
        proposed = {"title": "sixth", "head": "topic", "base": "release", "draft": True}
        yield "POST", f"{REPO}/pulls", proposed
        yield "POST", f"{REPO}/pulls", proposed
        yield "POST", f"{REPO}/pulls", {**proposed, "head": "spare"}
        yield "PATCH", f"{PULL}", {"title": "third, renamed", "body": "nothing"}
        answered = {"body": "so", "in_reply_to": self.thread.comments[0].id}
        yield "POST", f"{PULL}/comments", {**answered, "commit_id": self.head, "path": "till.py"}
        yield "PUT", f"{PULL}/update-branch", {"expected_head_sha": "0" * 40}
        yield "PUT", f"{PULL}/update-branch", {"expected_head_sha": self.head}
        yield "PUT", f"{PULL}/merge", {"sha": "0" * 40}
        yield "PUT", f"{PULL}/merge", {"sha": self.head, "merge_method": "squash"}
        yield "PUT", f"{PULL}/merge", {"sha": self.head}
        yield "DELETE", f"{REPO}/git/refs/heads/topic", None
