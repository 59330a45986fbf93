"""Reviews of a pull request on Forgejo, with their comments: what there is, and answering one.

Profile
-------
``GET /repos/{o}/{r}/pulls/{n}/reviews?limit=50``, all pages by X-Total-Count (there is no Link,
``273-reviews-paged``), then ``GET .../reviews/{id}/comments`` for each submitted review that has
any: unpaged, no totals (``218-review-comments``); 11 gives them in no order. Scope
``read:repository``.

Any writer may edit anybody's review comment, its author stays, and neither the pull nor the
review shows it (``223-review-comment-edit``); the comment's ``updated_at`` moves then, and also
when a push touches its line (``239-review-comments-after-push``). Which of both it was is told by
the page of its revisions, ``GET {web}/{o}/{r}/issues/{n}/content-history/list?comment_id={id}``,
anonymous and so for public repositories only; elsewhere it is not told. One request for each
comment that was touched.

Answering: ``POST .../reviews/{id}/comments`` with the same file and line puts it into the thread
(``222-reply``). Nothing of the API resolves a thread (``224-resolve-web-owner``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from httpx import codes

from afk.adapters.forgejo import pull_mapping
from afk.adapters.forgejo.api import PAGE, ForgejoApi, repo_path
from afk.adapters.forgejo.pull_wire import (
    REVIEW_COMMENTS,
    REVIEWS,
    WireReview,
    WireReviewComment,
)
from afk.adapters.forgejo.revisions import revisions
from afk.adapters.http import Answer
from afk.errors import TooLarge
from afk.model.pull import Pull, ReviewComment
from afk.parallel import gather

_PENDING: Final = "PENDING"
_MOST_READ: Final = 60
"""Reviews whose comments are read: anybody can leave many."""
_MOST_LOOKED_UP: Final = 40
"""Touched comments whose revisions are looked up."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """Reviews through one token; ``web`` is where people look."""

    api: ForgejoApi
    web: str

    def added_to(self, pull: Pull) -> Pull:
        """Return the pull with reviews and their comments; truncated where not all were read."""
        what = f"reading the reviews of {pull.repo}#{pull.number}"

        def pick(answer: Answer) -> tuple[WireReview, ...]:
            return self.api.value(REVIEWS, answer, what, repo=pull.repo)

        path = f"{repo_path(pull.repo)}/pulls/{pull.number}/reviews"
        try:
            rows = self.api.pages(path, pick, {"limit": PAGE})
        except TooLarge:
            return replace(pull, truncated=True)
        talkative = [one for one in rows if one.comments_count and one.state != _PENDING]
        read = talkative[-_MOST_READ:]
        lists = gather(lambda one: self._comments(pull, one.id), read)
        found = tuple(
            comment
            for one, listed in zip(read, lists, strict=True)
            for comment in pull_mapping.review_comments(one.id, listed or ())
        )
        cut = (
            len(talkative) > len(read)
            or any(listed is None for listed in lists)
            or any(one.body_cut for one in rows)
            or any(one.body_cut for listed in lists for one in listed or ())
        )
        return replace(
            pull,
            reviews=pull_mapping.reviews(rows),
            comments=self._told_apart(pull, found),
            truncated=pull.truncated or cut,
        )

    def _comments(self, pull: Pull, review: int) -> Sequence[WireReviewComment] | None:
        """Return a review's comments; None for too much to read, none once it is gone."""
        path = f"{repo_path(pull.repo)}/pulls/{pull.number}/reviews/{review}/comments"
        try:
            answer = self.api.http.get(path)
        except TooLarge:
            return None
        if answer.status == codes.NOT_FOUND:
            return ()
        what = f"reading a review of {pull.repo}#{pull.number}"
        return self.api.value(REVIEW_COMMENTS, answer, what, repo=pull.repo)

    def _told_apart(
        self, pull: Pull, comments: tuple[ReviewComment, ...]
    ) -> tuple[ReviewComment, ...]:
        """Return the comments with ``edited`` settled where the revisions can be read."""
        touched = [one.id for one in comments if one.edited is None][:_MOST_LOOKED_UP]
        edited = dict(
            zip(touched, gather(lambda one: self._edited(pull, one), touched), strict=True)
        )
        return tuple(replace(one, edited=edited.get(one.id, one.edited)) for one in comments)

    def _edited(self, pull: Pull, comment: str) -> bool | None:
        """Say whether a comment's text was ever changed; None where it cannot be read.

        A text that was never changed has no revisions, a changed one has that of its beginning,
        too.
        """
        edits = revisions(self.api, self.web, pull.repo, pull.number, comment)
        return None if edits is None else bool(edits)
