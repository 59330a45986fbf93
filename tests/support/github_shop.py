"""A sandbox's GitHub with one of everything, and a request for every endpoint."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from afk_sandbox.forge.ci import CI, Job, Workflow
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import AccountKind

REPO = "/repos/acme/shop"
ISSUE = f"{REPO}/issues/2"

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
        for name in ("bug", "ready-for-agent", "spare"):
            forge.define_label(repo, name, description="a label" if name == "bug" else "")
        blocker = forge.open_issue(repo, "first", bot, "")
        issue = forge.open_issue(repo, "second", self.ann, "see #1", labels=["bug"])
        part = forge.open_issue(repo, "third", self.ann, is_pull=True)
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
        self.first = forge.push(repo, "main", "begin\n\nCI: red", self.ann)
        self.head = forge.push(repo, "topic", "refs #2", self.ann)
        forge.post_status(repo, self.head, "success", self.ann, target_url="https://ci.test/1")
        self.now[0] += timedelta(seconds=30)
        self.comment = issue.comments[0].id
        forge.delete_account(other.author)

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
        yield "DELETE", f"{REPO}/issues/comments/{self.comment}", None
