"""Where people talk to afk on GitHub: handed-back issues, and reactions on comments.

The listing brings the handed-back issues that changed last along (`Known.handed_back`), so looking
for them costs nothing.

``POST /repos/{r}/issues/comments/{id}/reactions`` answers 201, and 200 where the caller's reaction
is there already (https://docs.github.com/en/rest/reactions/reactions, and GitHub's OpenAPI
description).
Permission: ``issues: write``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.listing import Known
from afk.model.forge import IssueHead
from afk.ports.talk import Reaction
from afk.types import Comment, Issue


@dataclass(frozen=True, slots=True)
class GitHubTalk:
    """`afk.ports.talk.Talk` through one token."""

    api: GitHubApi
    known: Known
    asks: ClassVar[bool] = False

    def handed_back(self, repos: Sequence[str], since: datetime) -> Sequence[IssueHead]:
        """Return those that the listing of this tick showed; sends nothing."""
        return [
            IssueHead(key, ready=False, in_progress=False)
            for key, changed_at in self.known.handed_back.items()
            if key.repo in repos and changed_at >= since.replace(microsecond=0)
        ]

    def react(self, issue: Issue, comment: Comment, reaction: Reaction) -> None:
        """Put a reaction on a comment: one request."""
        self.api.rest(
            "POST",
            f"/issues/comments/{comment.id}/reactions",
            repo=issue.repo.name,
            repo_id=issue.repo.id,
            body={"content": reaction.value},
        )
