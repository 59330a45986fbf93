"""The shapes of Forgejo's JSON about pull requests, and what of them is kept; pure.

As `afk.adapters.forgejo.wire`: unknown fields are tolerated, a used object without its id, number
or times is a `ServerFault`. Shapes: the recordings named at each, below ``forgejo/pulls-16``, alike
on 14 and 11 (cassettes of the contract suite).
"""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from afk.adapters.forgejo.wire import MAX_TEXT, WireRepositoryName, WireUser
from afk.adapters.wire import LATER, Instant


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class _Text(_Wire):
    """Something with a body; ``body_cut``: longer than `MAX_TEXT`, so nothing of it was kept."""

    body: str | None = None
    body_cut: bool = False

    @model_validator(mode="before")
    @classmethod
    def _cut(cls, data: Any) -> Any:
        body = data.get("body") if isinstance(data, dict) else None
        too_long = isinstance(body, str) and len(body) > MAX_TEXT
        return {**data, "body": "", "body_cut": True} if too_long else data


class WireEnd(_Wire):
    """Base or head of a pull (``007-get-later``).

    ``ref`` is ``refs/pull/N/head`` once the branch is gone, ``label`` still its name
    (``079-get-head-deleted``; a fork's has no owner in it, ``043-find-fork``). ``sha`` is empty
    where the base is gone (``093-get-base-deleted``), ``repo`` null where the repository is.
    """

    label: str = ""
    ref: str
    sha: str = ""
    repo_id: int = 0
    repo: WireRepositoryName | None = None


class WirePull(_Text):
    """A pull request (``007-get-later``, ``137-get-merged-squash``).

    ``review_comments`` counts the submitted reviews, not the comments in them (source,
    models/issues/pull.go, GetReviewCommentsCount).
    """

    number: int
    title: str
    user: WireUser | None = None
    state: str
    draft: bool = False
    html_url: str = ""
    mergeable: bool = False
    merged: bool = False
    merge_commit_sha: str | None = None
    merged_by: WireUser | None = None
    merge_base: str = ""
    base: WireEnd
    head: WireEnd
    review_comments: int = 0
    created_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None


class WireReview(_Text):
    """A row of a pull's reviews (``216-reviews``); ``user`` is null in a request to a team."""

    id: int
    user: WireUser | None = None
    state: str
    commit_id: str = ""
    dismissed: bool = False
    comments_count: int = 0
    submitted_at: Instant


class WireReviewComment(_Text):
    """A comment of a review (``218-review-comments``).

    ``position`` is the line on the new side, 0 on the old one; ``original_position`` the other.
    """

    id: int
    user: WireUser | None = None
    resolver: WireUser | None = None
    created_at: Instant
    updated_at: Instant
    path: str = ""
    commit_id: str = ""
    position: int = 0
    original_position: int = 0


class WireRules(_Wire):
    """What anybody may read of a branch's protection (``191-branch-protected-bot``)."""

    protected: bool = False
    required_approvals: int = 0
    enable_status_check: bool = False
    status_check_contexts: tuple[str, ...] | None = None
    user_can_push: bool | None = None
    user_can_merge: bool | None = None


class WireMethods(_Wire):
    """The ways of merging that a repository allows (``156-repo-merge-settings``)."""

    allow_merge_commits: bool
    allow_squash_merge: bool
    allow_rebase: bool


class WireReferer(_Wire):
    """The issue or pull that a reference in a timeline comes from.

    A reference from what the token may not read is not in the timeline at all.
    """

    number: int
    state: str = ""
    html_url: str = ""
    user: WireUser | None = None
    pull_request: Any = None
    repository: WireRepositoryName


class WireReference(_Wire):
    """``pull_ref`` of an issue's timeline (``112-timeline-issue-merge``).

    ``ref_action`` turns into ``neutered`` when the pull no longer says so (contract suite).
    """

    ref_action: str = ""
    ref_issue: WireReferer | None = None


class WireClosing(_Wire):
    """``close`` in a timeline; the last of them is how it stands (``263-timeline-types``)."""

    id: int
    type: str
    user: WireUser | None = None


class WireDone(_Wire):
    """A run by its id, found by the number that its pages have (``168-runs-by-sha``)."""

    id: int


class WireRuns(_Wire):
    """Runs, oldest first."""

    workflow_runs: tuple[WireDone, ...] | None = None


PULL: Final = TypeAdapter(WirePull)
PULLS: Final = TypeAdapter(tuple[WirePull, ...], config=LATER)
REVIEWS: Final = TypeAdapter(tuple[WireReview, ...], config=LATER)
REVIEW_COMMENTS: Final = TypeAdapter(tuple[WireReviewComment, ...], config=LATER)
RULES: Final = TypeAdapter(WireRules)
METHODS: Final = TypeAdapter(WireMethods)
REFERENCES: Final = TypeAdapter(tuple[WireReference, ...], config=LATER)
CLOSINGS: Final = TypeAdapter(tuple[WireClosing, ...], config=LATER)
RUNS: Final = TypeAdapter(WireRuns)
JOBS: Final = TypeAdapter(tuple[WireDone, ...], config=LATER)
