"""What reading pull requests costs of GitHub's hourly points, by its published formula."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from graphql import parse
from support.github import REPO

from afk.adapters.github import pull_pages
from afk.adapters.github.issue_queries import issues
from afk.adapters.github.pull_queries import closing, holding, pulls, standing
from afk.adapters.github.query_builder import Query
from afk.ports.landing import PullQuery
from afk.types import IssueKey
from afk_sandbox.github.graphql_cost import MOST_NODES, Cost, cost

NUMBERED: Final = [PullQuery(REPO, f"afk/{n}-x", n) for n in range(1, pull_pages.PULLS + 1)]
NAMED: Final = [PullQuery(REPO, one.head) for one in NUMBERED]
KEYS: Final = [IssueKey(REPO, number) for number in range(1, 38)]
BRANCHES: Final = [(REPO, one.head) for one in NUMBERED]
OPERATIONS: Final = Path(__file__).parents[3] / "docs" / "operations.md"


def price(query: Query) -> Cost:
    return cost(parse(query.text), query.variables)


@pytest.mark.parametrize(
    ("query", "points"),
    [
        (pulls(NUMBERED[:1], 50), 1),
        (pulls(NUMBERED, 50), 6),
        (pulls(NAMED, 50), 13),
        (standing(["PR_1"] * 100), 1),
        (closing([IssueKey(REPO, n) for n in range(1, 101)]), 1),
        (holding(REPO, "afk/7-x"), 1),
    ],
    ids=["one", "25 by number", "25 by branch", "what may be merged", "what closes", "a branch"],
)
def test_cost__of_each_query__is_what_its_module_says(query: Query, points: int) -> None:
    assert price(query).points == points


@pytest.mark.parametrize("riders", [NUMBERED, NAMED], ids=["by number", "by branch"])
def test_cost__along_with_issues_and_branches__stays_far_below_the_bounds(
    riders: Sequence[PullQuery],
) -> None:
    """A job's token has 1,000 points an hour; a request, half a million nodes."""
    alone = price(issues(KEYS, branches=BRANCHES))
    along = price(issues(KEYS, branches=BRANCHES, pulls=riders))
    assert along.requests - alone.requests == price(pulls(riders, 50)).requests
    assert along.points <= 20
    assert along.nodes < MOST_NODES / 10


def test_operations__say_how_many_come_along() -> None:
    text = " ".join(OPERATIONS.read_text(encoding="utf-8").split())
    assert (
        f"On GitHub {pull_pages.PULLS} pull requests at a time come along with the issues" in text
    )
