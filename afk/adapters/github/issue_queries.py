"""The GraphQL texts about repositories and issues; pure.

Owns what is asked of a listing, a whole issue, its later pages and its blockers, and the one
mutation. Aliases made by number let many repositories or issues share one request. Sends
nothing, reads no answer.

Cost: GitHub counts every connection asked for, times the page size of those around it, in
hundredths of a point, at least 1 per query
(https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
A listing of 100 repositories costs 4 points, whole issues 1 for 37. The labels of each listed
issue would make it a hundred; whole issues carry them, and those are what decides.

Aliases: ``r`` listed repository, ``i`` issue, ``t`` branch (tip), ``b`` blocker, ``p`` pull
requests; each followed by its number.
"""

from collections.abc import Collection, Sequence
from typing import Final

from afk.adapters.github.ci_queries import (
    CHECKS_FRAGMENTS,
    HEAD_CHECKED,
    TIP_CHECKED,
    add_branches,
)
from afk.adapters.github.pull_queries import REVIEWS, add_pulls
from afk.adapters.github.query_builder import ACTOR, PAGE, Builder, Query, more
from afk.ports.landing import PullQuery
from afk.types import IssueKey

OPTIONAL: Final = ("blockedBy", "subIssuesSummary")
"""Fields of an issue that some servers do not have yet (GitHub Enterprise Server before 3.19)."""

VIEWER: Final = Query("query Afk { viewer { login databaseId } }", {})

_REPOSITORY: Final = """\
fragment Home on Repository {
  id databaseId nameWithOwner isArchived defaultBranchRef { name }
}"""
_LISTED: Final = f"""\
fragment Listed on IssueConnection {{
  {PAGE}
  nodes {{ number state title body createdAt updatedAt }}
}}"""
_ISSUES: Final = "orderBy: {field: CREATED_AT, direction: ASC}"
_NEWEST: Final = "orderBy: {field: CREATED_AT, direction: DESC}"
_CHANGED: Final = "orderBy: {field: UPDATED_AT, direction: DESC}"
# No REFERENCED_EVENT: anybody's commits in a fork make them, and the close names its commit.
_KINDS: Final = (
    "[LABELED_EVENT, UNLABELED_EVENT, RENAMED_TITLE_EVENT, CLOSED_EVENT, REOPENED_EVENT]"
)
_EVENT: Final = """\
fragment Happened on IssueTimelineItems {
  __typename
  ... on LabeledEvent { createdAt actor { ...Who } label { name } }
  ... on UnlabeledEvent { createdAt actor { ...Who } label { name } }
  ... on RenamedTitleEvent { createdAt actor { ...Who } }
  ... on ClosedEvent { createdAt actor { ...Who } closer {
    ... on Commit { oid } ... on PullRequest { headRefOid mergeCommit { oid } } } }
  ... on ReopenedEvent { createdAt actor { ...Who } }
}"""
_COMMENT: Final = """\
fragment Said on IssueComment {
  id fullDatabaseId author { ...Who } editor { ...Who } createdAt lastEditedAt body
}"""
_STATES: Final = "__typename ... on Issue { issue: state } ... on PullRequest { pull: state }"


def listing(repos: Sequence[str], labels: Sequence[str], size: int) -> Query:
    """Return the token's account and each repository's labelled issues.

    ``labels``: ready (open issues), in progress (all issues), human (the open ones that changed
    last), tracked (all issues).
    """
    build = Builder(["viewer { login databaseId }"])
    ready, progress, human, tracked = (build.var("String!", name) for name in labels)
    first = f"first: {build.var('Int!', size)}"
    fields = (
        f"...Home viewerPermission readyLabel: label(name: {ready}) {{ id name }} "
        f"progressLabel: label(name: {progress}) {{ id name }} "
        f"humanLabel: label(name: {human}) {{ id name }} "
        f"trackedLabel: label(name: {tracked}) {{ id name }} "
        f"ready: issues({first}, labels: [{ready}], states: [OPEN], {_ISSUES}) {{ ...Listed }} "
        f"progress: issues({first}, labels: [{progress}], {_ISSUES}) {{ ...Listed }} "
        f"tracked: issues({first}, labels: [{tracked}], {_ISSUES}) {{ ...Listed }} "
        f"handedBack: issues({first}, labels: [{human}], states: [OPEN], {_CHANGED}) "
        "{ nodes { number updatedAt } }"
    )
    for number, repo in enumerate(repos):
        build.repository(f"r{number}", repo, fields)
    return build.query(_REPOSITORY, _LISTED)


def moved(nodes: Sequence[str], ready: str, tracked: str, since: str) -> Query:
    """Return what moved of some repositories' long queues, and how long each is.

    ``nodes``: the repositories' node ids; see `afk.adapters.github.moved`.
    """
    build = Builder()
    ready, tracked = build.var("String!", ready), build.var("String!", tracked)
    lately = f"filterBy: {{since: {build.var('DateTime!', since)}}}"
    fields = (
        f"ready: issues(first: 100, labels: [{ready}], states: [OPEN], {lately}) {{ ...Listed }} "
        f"tracked: issues(first: 100, labels: [{tracked}], {lately}) {{ ...Listed }} "
        f"closed: issues(first: 100, labels: [{tracked}], states: [CLOSED]) {{ ...Listed }} "
        f"allReady: issues(first: 1, labels: [{ready}], states: [OPEN]) {{ totalCount }} "
        f"allTracked: issues(first: 1, labels: [{tracked}], states: [OPEN]) {{ totalCount }} "
        f"both: issues(first: 1, labels: [{ready}, {tracked}], states: [OPEN]) {{ totalCount }}"
    )
    for number, node in enumerate(nodes):
        asked = f"node(id: {build.var('ID!', node)}) {{ ... on Repository {{ {fields} }} }}"
        build.fields.append(f"r{number}: {asked}")
    return build.query(_LISTED)


def issues(
    keys: Sequence[IssueKey],
    *,
    branches: Sequence[tuple[str, str]] = (),
    heads: Sequence[tuple[str, str]] = (),
    blockers: Sequence[IssueKey] = (),
    pulls: Sequence[PullQuery] = (),
    size: int = 100,
    without: Collection[str] = (),
) -> Query:
    """Return whole issues; along with them branches (repository, name), blockers and pulls.

    ``heads``: pull requests' own branches.
    Inside an issue its own fields stand before its comments, so that a server working in that
    order never shows a comment older than the issue it belongs to.
    """
    build = Builder()
    first = build.var("Int!", size)
    for number, key in enumerate(keys):
        wanted = f"...Home issue(number: {build.var('Int!', key.number)}) {{ ...Facts }}"
        build.repository(f"i{number}", key.repo, wanted)
    add_branches(build, branches, heads)
    add_blockers(build, blockers)
    shown = ((branches, TIP_CHECKED), (heads, HEAD_CHECKED))
    checked = [fragment for some, fragment in shown if some]
    checked += CHECKS_FRAGMENTS if checked else ()
    pulled = add_pulls(build, pulls, REVIEWS, without) if pulls else ()
    facts = _facts(first, without)
    return build.query(_REPOSITORY, facts, _EVENT, _COMMENT, ACTOR, *checked, *pulled)


def boards(repos: Sequence[str], label: str, size: int, key: IssueKey | None) -> Query:
    """Return the open issues with a label, of each repository the newest, and one issue's text."""
    build = Builder()
    if repos:
        named, first = build.var("String!", label), build.var("Int!", size)
        wanted = (
            f"isPrivate handed: issues(first: {first}, labels: [{named}], states: [OPEN], "
            f"{_NEWEST}) {{ {PAGE} nodes {{ number title }} }}"
        )
        for number, repo in enumerate(repos):
            build.repository(f"r{number}", repo, wanted)
    if key is None:
        return build.query()
    wanted = (
        f"databaseId nameWithOwner isPrivate issue(number: {build.var('Int!', key.number)}) "
        "{ body author { ...Who } repository { databaseId } }"
    )
    build.repository("board", key.repo, wanted)
    return build.query(ACTOR)


def add_blockers(build: Builder, blockers: Sequence[IssueKey]) -> None:
    """Add the states of issues or pull requests, followed to their repository's new name."""
    for number, key in enumerate(blockers):
        wanted = f"issueOrPullRequest(number: {build.var('Int!', key.number)}) {{ {_STATES} }}"
        build.repository(f"b{number}", key.repo, wanted, follow=True)


def blockers(keys: Sequence[IssueKey]) -> Query:
    """Return the states of issues or pull requests."""
    build = Builder()
    add_blockers(build, keys)
    return build.query()


def _facts(first: str, without: Collection[str]) -> str:
    optional = {
        "subIssuesSummary": "subIssuesSummary { total completed }",
        "blockedBy": f"blockedBy(first: 50) {{ {PAGE} nodes {{ number state "
        "repository { nameWithOwner } } }",
    }
    kept = "\n  ".join(text for name, text in optional.items() if name not in without)
    return f"""\
fragment Facts on Issue {{
  id number title body state locked createdAt updatedAt lastEditedAt
  author {{ ...Who }}
  repository {{ databaseId }}
  labels(first: 100) {{ {PAGE} nodes {{ id name }} }}
  {kept}
  timelineItems(first: {first}, itemTypes: {_KINDS}) {{ {PAGE} nodes {{ ...Happened }} }}
  comments(first: {first}) {{ {PAGE} nodes {{ ...Said }} }}
}}"""


MORE_ISSUES: Final = more(
    "Repository",
    "issues(first: $page, after: $after, labels: [$label], states: $states, "
    f"{_ISSUES}) {{ ...Listed }}",
    "issues",
    _LISTED,
    extra=", $page: Int!, $label: String!, $states: [IssueState!]",
)
MORE_EVENTS: Final = more(
    "Issue",
    f"timelineItems(first: $page, after: $after, itemTypes: {_KINDS}) "
    f"{{ {PAGE} nodes {{ ...Happened }} }}",
    "timelineItems",
    _EVENT,
    ACTOR,
    extra=", $page: Int!",
)
MORE_COMMENTS: Final = more(
    "Issue",
    f"comments(first: $page, after: $after) {{ {PAGE} nodes {{ ...Said }} }}",
    "comments",
    _COMMENT,
    ACTOR,
    extra=", $page: Int!",
)
_ONE_COMMENT: Final = "query Afk($id: ID!) { node(id: $id) { ... on IssueComment { ...Said } } }"
_PAST: Final = f"""\
query Afk($owner: String!, $name: String!, $since: DateTime!, $page: Int!, $after: String) {{
  repository(owner: $owner, name: $name, followRenames: false) {{
    databaseId nameWithOwner
    issues(first: $page, after: $after, filterBy: {{since: $since}},
      orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      {PAGE}
      nodes {{ number title state comments(first: 100) {{ {PAGE} nodes {{ ...Said }} }} }}
    }}
  }}
}}"""
PAST: Final = f"{_PAST}\n{_COMMENT}\n{ACTOR}"
COMMENT: Final = f"{_ONE_COMMENT}\n{_COMMENT}\n{ACTOR}"
LABEL: Final = """\
mutation Afk($issue: ID!, $add: [ID!]!, $remove: [ID!]!) {
  add: addLabelsToLabelable(input: {labelableId: $issue, labelIds: $add}) { clientMutationId }
  remove: removeLabelsFromLabelable(input: {labelableId: $issue, labelIds: $remove}) {
    labelable { labels(first: 100) { pageInfo { hasNextPage endCursor } nodes { id name } } }
  }
}"""
