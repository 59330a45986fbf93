"""The GraphQL texts about pull requests; pure.

Owns what is asked of a pull request, its later pages, and what else is asked by GraphQL about
one. Sends nothing, reads no answer.

A pull request asked for by number costs 23 connections (closing event, reviews, and
`THREADS` threads with their comments), one asked for by its branch about twice that: 25 pull
requests known by number cost 6 points, 25 known by branch alone 13. Closed ones come without
reviews. Schema: https://docs.github.com/en/graphql/reference/objects#pullrequest

Aliases: ``p`` pull requests of one query, ``q`` what speaks against deleting a branch, ``i`` issue;
each followed by its number.
"""

from collections.abc import Collection, Sequence
from typing import Final

from afk.adapters.github.query_builder import ACTOR, PAGE, Builder, More, Query, more
from afk.ports.landing import PullQuery
from afk.types import IssueKey

OPEN: Final = 2
PAST: Final = 5
"""Pull requests of one branch name asked for at once, open and otherwise; forks' count along."""

REVIEWS: Final = 50
THREADS: Final = 20
REMARKS: Final = 10
"""Reviews, threads, and comments of each thread, on the first page."""

OPTIONAL: Final = (
    "compare",
    "isMergeQueueEnabled",
    "mergeQueueEntry",
    "mergeStateStatus",
    "PullRequestReview.isMinimized",
)
"""Fields that some servers do not have. ``mergeStateStatus`` was a preview for years, and an
Enterprise Server of 2026 still lacked it (https://github.com/getstackit/stackit/issues/1143)."""

LINKED: Final = 20
"""Pull requests that say they close one issue, as many as are read."""

CLOSES: Final = ("closedByPullRequestsReferences",)
"""Not in Enterprise Server before 3.15."""

_SIZE: Final = ", $page: Int!"
_MERGING: Final = "id headRefOid mergeable mergeStateStatus reviewDecision isMergeQueueEnabled"
_REMARK: Final = """\
fragment Remark on PullRequestReviewComment {
  id fullDatabaseId state body createdAt lastEditedAt isMinimized
  editor { ...Who } author { ...Who } originalCommit { oid } pullRequestReview { id }
}"""
_CLOSED: Final = "timelineItems(last: 1, itemTypes: [CLOSED_EVENT])"
_NEWEST: Final = "orderBy: {field: CREATED_AT, direction: DESC}"
_LINKED: Final = (
    f"{PAGE} nodes {{ number url headRefName author {{ ...Who }} repository {{ nameWithOwner }} }}"
)


def add_pulls(
    build: Builder, queries: Sequence[PullQuery], size: int, without: Collection[str] = ()
) -> tuple[str, ...]:
    """Add what each query names; returns the fragments for it, but for the accounts'.

    ``size``: entries per page, less where a page has pages in it. How far a pull is behind is
    told of a branch whose name is known.
    """
    for number, query in enumerate(queries):
        told = bool(query.head) and "compare" not in without
        head = build.var("String!", query.head) if told or not query.number else ""
        behind = f" baseRef {{ compare(headRef: {head}) {{ behindBy }} }}" if told else ""
        whole = f"...Pulled ...Reviewed{behind}"
        if query.number:
            wanted = f"pullRequest(number: {build.var('Int!', query.number)}) {{ {whole} }}"
        else:
            named = f"headRefName: {head}, {_NEWEST}"
            wanted = (
                f"open: pullRequests({named}, first: {OPEN}, states: [OPEN]) "
                f"{{ {PAGE} nodes {{ {whole} }} }} "
                f"past: pullRequests({named}, first: {PAST}, states: [CLOSED, MERGED]) "
                f"{{ {PAGE} nodes {{ ...Pulled }} }}"
            )
        build.repository(f"p{number}", query.repo, f"databaseId nameWithOwner {wanted}")
    reviews, threads, remarks = (
        build.var("Int!", min(size, most)) for most in (REVIEWS, THREADS, REMARKS)
    )
    reviewed = f"""\
fragment Reviewed on PullRequest {{
  reviews(first: {reviews}) {{ {PAGE} nodes {{ ...Review }} }}
  reviewThreads(first: {threads}) {{ {PAGE} nodes {{ ...Thread }} }}
}}"""
    return (_pulled(without), reviewed, _review(without), _thread(remarks), _REMARK)


def pulls(queries: Sequence[PullQuery], size: int, without: Collection[str] = ()) -> Query:
    """Return what each query names."""
    build = Builder()
    return build.query(*add_pulls(build, queries, size, without), ACTOR)


def standing(nodes: Sequence[str], without: Collection[str] = ()) -> Query:
    """Return what decides about merging some pull requests, by their node ids."""
    fields = _known(_MERGING, without)
    text = f"query Afk($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on PullRequest {{ {fields} }} }} }}"
    return Query(text, {"ids": list(nodes)})


def closing(keys: Sequence[IssueKey], without: Collection[str] = ()) -> Query:
    """Return the open pull requests that say they close issues."""
    build = Builder()
    known = not set(CLOSES) & set(without)
    linked = f"closedByPullRequestsReferences(first: {LINKED}) {{ {_LINKED} }}" if known else ""
    for number, key in enumerate(keys):
        wanted = f"issue(number: {build.var('Int!', key.number)}) {{ number {linked} }}"
        build.repository(f"i{number}", key.repo, wanted)
    return build.query(*((ACTOR,) if known else ()))


def holding(repo: str, branch: str) -> Query:
    """Return a branch's tip, and an open pull request that has it for its base."""
    build = Builder()
    ref = build.var("String!", f"refs/heads/{branch}")
    base = build.var("String!", branch)
    build.repository(
        "q0",
        repo,
        f"ref(qualifiedName: {ref}) {{ target {{ oid }} }} "
        f"pullRequests(baseRefName: {base}, states: [OPEN], first: 1) {{ nodes {{ number }} }}",
    )
    return build.query()


def _pulled(without: Collection[str]) -> str:
    queue = "" if "mergeQueueEntry" in without else "mergeQueueEntry { state }"
    return f"""\
fragment Pulled on PullRequest {{
  number url title body state isDraft createdAt updatedAt closedAt
  {_known(_MERGING, without)} {queue}
  headRefName headRef {{ id }} headRepository {{ databaseId }} baseRefName
  author {{ ...Who }} mergedBy {{ ...Who }} mergeCommit {{ oid }}
  {_CLOSED} {{ nodes {{ ... on ClosedEvent {{ actor {{ ...Who }} }} }} }}
}}"""


def _review(without: Collection[str]) -> str:
    hidden = "" if "PullRequestReview.isMinimized" in without else " isMinimized"
    return f"""\
fragment Review on PullRequestReview {{
  id state body submittedAt lastEditedAt editor {{ ...Who }} author {{ ...Who }}
  commit {{ oid }}{hidden}
}}"""


def _thread(remarks: str) -> str:
    return f"""\
fragment Thread on PullRequestReviewThread {{
  id isResolved isOutdated path line originalLine diffSide subjectType
  comments(first: {remarks}) {{ {PAGE} nodes {{ ...Remark }} }}
}}"""


def _known(fields: str, without: Collection[str]) -> str:
    return " ".join(word for word in fields.split(" ") if word not in without)


def more_reviews(without: Collection[str] = ()) -> More:
    """Return the query for a pull request's later reviews."""
    return more(
        "PullRequest",
        f"reviews(first: $page, after: $after) {{ {PAGE} nodes {{ ...Review }} }}",
        "reviews",
        _review(without),
        ACTOR,
        extra=_SIZE,
    )


MORE_THREADS: Final = more(
    "PullRequest",
    f"reviewThreads(first: $page, after: $after) {{ {PAGE} nodes {{ ...Thread }} }}",
    "reviewThreads",
    _thread(str(REMARKS)),
    _REMARK,
    ACTOR,
    extra=_SIZE,
)
MORE_REMARKS: Final = more(
    "PullRequestReviewThread",
    f"comments(first: $page, after: $after) {{ {PAGE} nodes {{ ...Remark }} }}",
    "comments",
    _REMARK,
    ACTOR,
    extra=_SIZE,
)
_INPUT: Final = "input: {pullRequestId: $id"
READY: Final = f"""\
mutation Afk($id: ID!) {{
  markPullRequestReadyForReview({_INPUT}}}) {{ pullRequest {{ id }} }}
}}"""
ENQUEUE: Final = f"""\
mutation Afk($id: ID!, $head: GitObjectID!) {{
  enqueuePullRequest({_INPUT}, expectedHeadOid: $head}}) {{ mergeQueueEntry {{ state }} }}
}}"""
