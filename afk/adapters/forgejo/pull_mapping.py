"""What Forgejo's words about pull requests mean: `pull_wire`'s shapes as `afk.model.pull`; pure."""

import re
from collections.abc import Sequence
from typing import Final

from afk.adapters.forgejo.mapping import account
from afk.adapters.forgejo.pull_wire import WirePull, WireReview, WireReviewComment, WireRules
from afk.adapters.forgejo.wire import WireUser
from afk.model.pull import (
    BranchRules,
    Mergeability,
    Pull,
    PullState,
    Review,
    ReviewComment,
    ReviewState,
)

DRAFT: Final = "WIP: "
"""What makes a title a draft's; ``[repository.pull-request] WORK_IN_PROGRESS_PREFIXES`` by default
``WIP:`` and ``[WIP]``, in any case (``015-create-wip`` to ``019-title-draft-field``)."""
_DRAFT: Final = re.compile(r"\s*(?:wip:|\[wip\])\s*", re.IGNORECASE)
_REF: Final = "refs/pull/"
_STATES: Final = {
    "APPROVED": ReviewState.APPROVED,
    "REQUEST_CHANGES": ReviewState.CHANGES_REQUESTED,
    "COMMENT": ReviewState.COMMENTED,
}


def without_draft(title: str) -> str:
    """Return a title without every word in front that makes it a draft's."""
    while found := _DRAFT.match(title):
        title = title[found.end() :]
    return title


def head_ref(wire: WirePull) -> str:
    """Return the head's branch, which stands in the label alone once it is deleted."""
    return wire.head.label if wire.head.ref.startswith(_REF) else wire.head.ref


def pull(
    wire: WirePull,
    *,
    repo: str,
    closed_by: WireUser | None = None,
    mark: str = "",
    unchanged: bool = False,
) -> Pull:
    """Return a pull without its reviews; ``repo`` is the name it was asked for under."""
    base = wire.base.repo
    behind = None
    if wire.merge_base and wire.base.sha:
        # Seen of both: the count would be a request of its own (``051-compare-behind``).
        behind = int(wire.merge_base != wire.base.sha)
    state = PullState.OPEN if wire.state == "open" else PullState.CLOSED
    return Pull(
        repository=wire.base.repo_id,
        repo=base.full_name if base else repo,
        number=wire.number,
        state=PullState.MERGED if wire.merged else state,
        title=wire.title,
        body=wire.body or "",
        author=account(wire.user),
        head_ref=head_ref(wire),
        head_sha=wire.head.sha,
        base_ref=wire.base.ref,
        created_at=wire.created_at,
        updated_at=wire.updated_at,
        head_repository=wire.head.repo_id if wire.head.repo else 0,
        head_exists=wire.head.repo is not None and not wire.head.ref.startswith(_REF),
        draft=wire.draft,
        # False is a conflict, a check under way, an error or a draft (052, 101, 295).
        mergeability=Mergeability.CLEAN if wire.mergeable else Mergeability.UNKNOWN,
        behind=behind,
        merge_commit=(wire.merge_commit_sha or "") if wire.merged else "",
        merged_by=account(wire.merged_by),
        closed_by=account(closed_by),
        closed_at=wire.closed_at,
        truncated=wire.body_cut,
        mark=mark,
        unchanged=unchanged,
        url=wire.html_url,
    )


def reviews(wire: Sequence[WireReview]) -> tuple[Review, ...]:
    """Return submitted reviews, oldest first; requests, pending ones and unknown words left out.

    A review that a later one of the same person superseded is shown as dismissed
    (``304-reviews-superseded``), as one is that somebody dismissed. ``official`` is Forgejo's own
    opinion of who counts; who may approve is afk's question. A review's text cannot be edited: an
    edit of its comment does not reach it (contract suite).
    """
    return tuple(
        Review(
            id=str(one.id),
            author=account(one.user),
            state=ReviewState.DISMISSED if one.dismissed else _STATES[one.state],
            at=one.submitted_at,
            commit=one.commit_id,
            body=one.body or "",
        )
        for one in sorted(wire, key=lambda row: row.id)
        if one.state in _STATES
    )


def review_comments(review: int, wire: Sequence[WireReviewComment]) -> tuple[ReviewComment, ...]:
    """Return a review's comments by rising id, ``edited`` where somebody may have changed one.

    A thread is what stands on one line of a file, within one review; a reply through the API goes
    there (``222-reply``). Only the first of a thread says that it is resolved
    (``225-review-comments-resolved``). There is no mark of a line that changed since.
    """
    found: list[ReviewComment] = []
    resolved: dict[str, bool] = {}
    for one in sorted(wire, key=lambda row: row.id):
        thread = f"{review}:{one.position}:{one.original_position}:{one.path}"
        resolved.setdefault(thread, one.resolver is not None)
        found.append(
            ReviewComment(
                id=str(one.id),
                thread=thread,
                author=account(one.user),
                body=one.body or "",
                at=one.created_at,
                review=str(review),
                path=one.path,
                line=one.position,
                commit=one.commit_id,
                resolved=resolved[thread],
                edited=None if one.updated_at != one.created_at else False,
            )
        )
    return tuple(found)


def rules(wire: WireRules) -> BranchRules:
    """Return what can be read of a branch's protection.

    Blocks on rejected, outdated or requested reviews, stale rules and whitelists are for
    administrators to see; a refusal to merge names them (``190-protection-bot``).
    """
    required = (wire.status_check_contexts or ()) if wire.enable_status_check else ()
    return BranchRules(
        protected=wire.protected,
        required=required,
        approvals=wire.required_approvals,
        up_to_date=None if wire.protected else False,
        may_push=wire.user_can_push,
        may_merge=wire.user_can_merge,
    )
