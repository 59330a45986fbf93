"""Where people talk to afk on Forgejo: handed-back issues, and reactions on comments.

One search per owner, ``since`` about ``updated_at`` (``034-search-closed-since``). A label name
that exists nowhere drops the filter (``025-search-unknown-label``), so each item's labels are
checked.

``POST .../issues/comments/{id}/reactions`` answers 201, and 200 where the reaction is there
already; 403 for one that the server does not allow (``[ui] REACTIONS``), or on a locked issue
(source, routers/api/v1/repo/issue_reaction.go, PostIssueCommentReaction, alike in 11.0.15, 14.0.0
and 16). A reaction does not move the issue's ``updated_at``. Scope: ``write:issue``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from httpx import codes

from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path
from afk.adapters.forgejo.errors import error_of
from afk.adapters.forgejo.wire import ISSUES
from afk.config import Config
from afk.errors import Refused
from afk.model.forge import IssueHead
from afk.parallel import gather
from afk.ports.talk import Reaction
from afk.types import Comment, Issue


@dataclass(frozen=True, slots=True)
class ForgejoTalk:
    """`afk.ports.talk.Talk` through one token."""

    api: ForgejoApi
    config: Config
    asks: ClassVar[bool] = True

    def handed_back(self, repos: Sequence[str], since: datetime) -> Sequence[IssueHead]:
        """Return them: one request per owner, the newest page of each."""
        owners = dict.fromkeys(repo.split("/")[0] for repo in repos)
        found = gather(lambda owner: self._of_owner(owner, repos, since), tuple(owners))
        return [head for some in found for head in some]

    def _of_owner(self, owner: str, repos: Sequence[str], since: datetime) -> list[IssueHead]:
        params = {
            "owner": owner,
            "labels": self.config.human_label,
            "state": "open",
            "type": "issues",
            "since": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "limit": PAGE,
        }
        try:
            answer = self.api.http.get("/repos/issues/search", params)
            items = self.api.value(ISSUES, answer, f"searching what was handed back of {owner}")
        except Refused as refused:
            if refused.status != codes.BAD_REQUEST:
                raise
            return []  # no such owner: the listing says so (028-search-unknown-owner)
        return [
            IssueHead(item.key, ready=False, in_progress=False, handle=item)
            for item in items
            if self.config.human_label in item.label_names
            and item.repository.full_name in repos
            and item.pull_request is None
        ]

    def react(self, issue: Issue, comment: Comment, reaction: Reaction) -> None:
        """Put a reaction on a comment: one request."""
        path = f"{repo_path(issue.repo.name)}/issues/comments/{comment.id}/reactions"
        answer = self.api.http.send("POST", path, body={"content": reaction.value}, repeat=True)
        if answer.status not in (codes.OK, codes.CREATED):
            what = f"reacting to a comment on {issue.key}"
            raise error_of(answer, what, repo=issue.repo.name)
