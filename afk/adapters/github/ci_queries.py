"""The GraphQL texts about branches, commits and what CI says of them; pure.

Owns the texts and how many of each one request asks for. Sends nothing, reads no answer.

A branch asked for along with its issue costs about 17 connections (2 histories, and 3 lists for
each of `CHECKED` commits), so 25 runs cost 4 points; a pull request's own branch, of whose newest
commit alone the CI counts, costs 5 more, so that 25 of those cost 5. Neither a suite's app nor its
number of check runs is asked for: a job's token may not read the first of foreign apps
(https://github.com/nodejs/node-core-utils/pull/1158) and the second costs a connection per suite.

Aliases: ``t`` branch (tip), ``c`` commit; each followed by its number.
"""

from collections.abc import Sequence
from typing import Final

from afk.adapters.github.query_builder import PAGE, Builder, Query, more

NEWEST: Final = 50
CHECKED: Final = 5
"""Commits of a branch fetched along with its issue, and how many of them with their CI."""

_HISTORY: Final = f"{PAGE} nodes {{ oid message }}"
_TIP: Final = "Tip"
_HEAD: Final = "Head"
_NEWEST: Final = f"""\
fragment Tip on Commit {{
  id oid
  newest: history(first: {NEWEST}) {{ {_HISTORY} }}
}}"""
TIP_CHECKED: Final = f"""\
fragment Tip on Commit {{
  id oid
  newest: history(first: {NEWEST}) {{ {_HISTORY} }}
  checked: history(first: {CHECKED}) {{ nodes {{ ...Checked }} }}
}}"""
HEAD_CHECKED: Final = f"""\
fragment Head on Commit {{
  id oid
  newest: history(first: {NEWEST}) {{ {_HISTORY} }}
  checked: history(first: 1) {{ nodes {{ ...Checked }} }}
}}"""
_CONTEXTS: Final = f"{PAGE} nodes {{ ...Context }}"
_SUITE: Final = "id status workflowRun { event workflow { id name } }"
_DEPLOYMENT: Final = "environment latestStatus { state environmentUrl logUrl }"
_NEWEST_FIRST: Final = "orderBy: {field: CREATED_AT, direction: DESC}"
_CONTEXT: Final = f"""\
fragment Context on StatusCheckRollupContext {{
  __typename
  ... on CheckRun {{
    id name status conclusion startedAt completedAt detailsUrl checkSuite {{ {_SUITE} }}
  }}
  ... on StatusContext {{ context state targetUrl }}
}}"""
_CHECKED: Final = f"""\
fragment Checked on Commit {{
  id oid
  statusCheckRollup {{ contexts(first: 100) {{ {_CONTEXTS} }} }}
  checkSuites(first: 50) {{ {PAGE} nodes {{ {_SUITE} }} }}
  deployments(first: 20, {_NEWEST_FIRST}) {{ {PAGE} nodes {{ {_DEPLOYMENT} }} }}
}}"""
CHECKS_FRAGMENTS: Final = (_CHECKED, _CONTEXT)


def add_branches(
    build: Builder, branches: Sequence[tuple[str, str]], heads: Sequence[tuple[str, str]] = ()
) -> None:
    """Add the tips of branches, then those of pull requests' own."""
    wanted = [(_TIP, one) for one in branches] + [(_HEAD, one) for one in heads]
    for number, (fragment, (repo, branch)) in enumerate(wanted):
        ref = f"ref(qualifiedName: {build.var('String!', f'refs/heads/{branch}')})"
        tip = f"target {{ ... on Commit {{ ...{fragment} }} }}"
        build.repository(f"t{number}", repo, f"{ref} {{ {tip} }}")


def tips(branches: Sequence[tuple[str, str]]) -> Query:
    """Return the newest commits of branches (repository, name)."""
    build = Builder()
    add_branches(build, branches)
    return build.query(_NEWEST)


def checks(commits: Sequence[tuple[str, str]]) -> Query:
    """Return what CI says of commits (repository, sha)."""
    build = Builder()
    for number, (repo, sha) in enumerate(commits):
        wanted = f"object(oid: {build.var('GitObjectID!', sha)}) {{ ...Checked }}"
        build.repository(f"c{number}", repo, wanted)
    return build.query(*CHECKS_FRAGMENTS)


MORE_HISTORY: Final = more(
    "Commit", f"history(first: 100, after: $after) {{ {_HISTORY} }}", "history"
)
MORE_CONTEXTS: Final = more(
    "Commit",
    f"statusCheckRollup {{ contexts(first: 100, after: $after) {{ {_CONTEXTS} }} }}",
    "statusCheckRollup.contexts",
    _CONTEXT,
)
MORE_SUITES: Final = more(
    "Commit",
    f"checkSuites(first: 100, after: $after) {{ {PAGE} nodes {{ {_SUITE} }} }}",
    "checkSuites",
)
MORE_DEPLOYMENTS: Final = more(
    "Commit",
    f"deployments(first: 100, after: $after, {_NEWEST_FIRST}) "
    f"{{ {PAGE} nodes {{ {_DEPLOYMENT} }} }}",
    "deployments",
)
ANNOTATIONS: Final = """\
query Afk($ids: [ID!]!) {
  nodes(ids: $ids) { ... on CheckRun { annotations(first: 50) { pageInfo { hasNextPage endCursor }
    nodes { message path title annotationLevel location { start { line } } } } } }
}"""
