"""From GitHub's shapes of pull requests to afk's nouns; pure.

Owns what GitHub's words mean there. Sends nothing.

``mergeable`` is about text only. ``mergeStateStatus`` is this very token's view, and a cached one:
BLOCKED has been seen after everything was green, and the merge then worked
(https://github.com/strands-labs/robots/issues/2578); so it is told, and nothing is refused because
of it. ``reviewDecision`` is null where nobody has to review, whatever was said; who approved is
read from the reviews themselves. A comment review lifts no earlier word of its author's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from afk.adapters.github.mapping import account, rest_account
from afk.adapters.github.pull_wire import (
    RestPull,
    WireClosings,
    WirePull,
    WireRemark,
    WireReview,
    WireStanding,
    WireThread,
)
from afk.model.pull import (
    Mergeability,
    Pull,
    PullState,
    QueueState,
    Review,
    ReviewComment,
    ReviewState,
)
from afk.types import GHOST, Account

_STATES: Final = {
    "OPEN": PullState.OPEN,
    "MERGED": PullState.MERGED,
    "CLOSED": PullState.CLOSED,
}
_MERGEABLE: Final = {"MERGEABLE": Mergeability.CLEAN, "CONFLICTING": Mergeability.CONFLICT}
_REVIEWS: Final = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "COMMENTED": ReviewState.COMMENTED,
    "DISMISSED": ReviewState.DISMISSED,
}
_MAY_MERGE: Final[Mapping[str | None, bool]] = {
    "CLEAN": True,
    "UNSTABLE": True,
    "HAS_HOOKS": True,
    "BEHIND": False,
    "BLOCKED": False,
    "DIRTY": False,
    "DRAFT": False,
}
"""Whether GitHub would merge now (https://docs.github.com/en/graphql/reference/enums
#mergestatestatus). UNSTABLE: only checks that nobody requires are not green."""

_QUIET: Final = frozenset({"CLEAN", "UNSTABLE", "HAS_HOOKS", "UNKNOWN"})
_UNMERGEABLE: Final = "UNMERGEABLE"
_PENDING: Final = "PENDING"


@dataclass(frozen=True, slots=True)
class Handle:
    """What `Pull.handle` is here: the node id, and whether the base has a merge queue."""

    node: str
    queue: bool = False


def reviews(shown: Iterable[WireReview]) -> tuple[Review, ...]:
    """Return submitted reviews in the order of submission; one of an unknown word is a comment."""
    found = [
        Review(
            id=one.id,
            author=account(one.author),
            state=_REVIEWS.get(one.state, ReviewState.COMMENTED),
            at=one.submitted_at,
            commit=one.commit.oid if one.commit else "",
            body=one.body,
            edited=one.last_edited_at is not None,
            edited_by=account(one.editor) if one.last_edited_at else None,
            hidden=one.is_minimized,
        )
        for one in shown
        if one.submitted_at is not None and one.state != _PENDING
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def comments(thread: WireThread, shown: Iterable[WireRemark]) -> tuple[ReviewComment, ...]:
    """Return a thread's submitted comments; its name is the first one's, which answers name."""
    submitted = [one for one in shown if one.state != _PENDING]
    line = (thread.line or thread.original_line or 0) if thread.diff_side == "RIGHT" else 0
    return tuple(
        ReviewComment(
            id=str(one.full_database_id),
            thread=str(submitted[0].full_database_id),
            author=account(one.author),
            body=one.body,
            at=one.created_at,
            review=one.pull_request_review.id if one.pull_request_review else "",
            path=thread.path,
            line=line if thread.subject_type == "LINE" else 0,
            commit=one.original_commit.oid if one.original_commit else "",
            resolved=thread.is_resolved,
            outdated=thread.is_outdated,
            edited=one.last_edited_at is not None,
            edited_by=account(one.editor) if one.last_edited_at else None,
            hidden=one.is_minimized,
        )
        for one in submitted
    )


def pull(
    shown: WirePull,
    home: tuple[int, str],
    *,
    said: tuple[Review, ...],
    remarks: tuple[ReviewComment, ...],
    truncated: bool,
) -> Pull:
    """Return a whole pull request out of its parts; ``home`` is its repository, id and name.

    A word for its state that is new is taken for CLOSED, with which nothing is done.
    """
    state = _STATES.get(shown.state, PullState.CLOSED)
    is_open, is_merged = state is PullState.OPEN, state is PullState.MERGED
    compared = shown.base_ref.compare if shown.base_ref else None
    entry = shown.merge_queue_entry
    stuck = QueueState.STUCK if entry and entry.state == _UNMERGEABLE else QueueState.WAITING
    return Pull(
        repository=home[0],
        repo=home[1],
        number=shown.number,
        state=state,
        title=shown.title,
        body=shown.body,
        author=account(shown.author),
        head_ref=shown.head_ref_name,
        head_sha=shown.head_ref_oid,
        base_ref=shown.base_ref_name,
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        head_repository=shown.head_repository.database_id if shown.head_repository else 0,
        head_exists=shown.head_ref is not None,
        draft=shown.is_draft,
        mergeability=mergeability(shown) if is_open else Mergeability.UNKNOWN,
        behind=compared.behind_by if compared and is_open else None,
        merge_commit=shown.merge_commit.oid if shown.merge_commit and is_merged else "",
        merged_by=account(shown.merged_by) if is_merged else GHOST,
        closed_by=GHOST if is_open or is_merged else _closer(shown.timeline_items),
        closed_at=None if is_open else shown.closed_at,
        queue=stuck if entry and is_open else None,
        can_merge=can_merge(shown, draft=shown.is_draft) if is_open else None,
        blocked_by=blocked_by(shown) if is_open else "",
        reviews=said,
        comments=remarks,
        truncated=truncated,
        url=shown.url,
        handle=Handle(shown.id, shown.is_merge_queue_enabled),
    )


def mergeability(shown: WireStanding) -> Mergeability:
    """Return whether head and base go together."""
    return _MERGEABLE.get(shown.mergeable, Mergeability.UNKNOWN)


def can_merge(shown: WireStanding, *, draft: bool) -> bool | None:
    """Return whether GitHub says that this token could merge now, None where it does not say."""
    return False if draft else _MAY_MERGE.get(shown.merge_state_status)


def blocked_by(shown: WireStanding) -> str:
    """Return what stands in the way in GitHub's words, "" where nothing is named."""
    state, decision = shown.merge_state_status or "", shown.review_decision or ""
    words = [
        *([state] if state not in ("", *_QUIET) else []),
        *([decision] if decision not in ("", "APPROVED") else []),
    ]
    return ", ".join(word.lower().replace("_", " ") for word in words)


def opened(shown: RestPull, repo: str, repository: int) -> Pull:
    """Return a pull request as its opening answers it: nothing computed, nobody's word on it."""
    return Pull(
        repository=repository,
        repo=repo,
        number=shown.number,
        state=PullState.OPEN,
        title=shown.title,
        body=shown.body or "",
        author=rest_account(shown.user),
        head_ref=shown.head.ref,
        head_sha=shown.head.sha,
        base_ref=shown.base.ref,
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        head_repository=shown.head.repo.id if shown.head.repo else 0,
        draft=shown.draft,
        url=shown.html_url,
        handle=Handle(shown.node_id),
    )


def _closer(shown: WireClosings) -> Account:
    return account(shown.nodes[-1].actor) if shown.nodes else GHOST
