"""The parts of the sandbox's GitHub: node ids, pages, what queries cost, its rules."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st
from support.github_bed import START, Bed

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Issue
from afk_sandbox.github.connection import MOST, Refusal, connection
from afk_sandbox.github.graphql_cost import cost
from afk_sandbox.github.ids import Part, decode, encode
from afk_sandbox.github.routes import RULES, github_app

# Node ids


@pytest.mark.parametrize(
    ("node", "prefix", "parts"),
    [
        ("R_kgDOHrjvCw", "R", (515436299,)),
        ("LA_kwDOIC5ExM8AAAABD_vA6w", "LA", (539903172, 4563124459)),
        (
            "C_kwDOFMhYrNoAKGU4YjI3NjFiZGE0NTM0OTVkMWFlMjU5NDFiNWIzODBiMDdkZWFlNTI",
            "C",
            (348674220, "e8b2761bda453495d1ae25941b5b380b07deae52"),
        ),
        ("nonsense", "", ()),
        ("R_", "", ()),
        ("R_kgDO", "", ()),
        ("", "", ()),
    ],
)
def test_node_id__as_recorded__is_read_and_written(
    node: str, prefix: str, parts: tuple[Part, ...]
) -> None:
    """Recordings 124, 030 and 138; what is no id is read as none."""
    assert decode(node) == ((prefix, parts) if prefix else None)
    if prefix:
        assert encode(prefix, *parts) == node


@given(
    st.sampled_from(["I", "IC", "CR"]),
    st.lists(st.integers(0, 2**63) | st.text(max_size=40), min_size=1, max_size=3),
)
def test_node_id__of_anything__leads_back(prefix: str, parts: list[Part]) -> None:
    assert decode(encode(prefix, *parts)) == (prefix, tuple(parts))


@given(st.text(max_size=30))
def test_node_id__any_text__never_breaks(text: str) -> None:
    decode(text)


# Connections


@given(
    st.lists(st.integers(0, 50), unique=True, max_size=20).map(sorted),
    st.sets(st.integers(0, 50)),
    st.integers(1, 7),
)
def test_pages__items_come_and_go_in_between__none_is_hidden_or_repeated(
    before: list[int], gone: set[int], size: int
) -> None:
    """What was there all the time is shown exactly once, forwards and backwards."""
    after = [one for one in before if one not in gone]
    for forwards in (True, False):
        seen = list[int]()
        items, cursor = before, None
        for _ in range(60):
            named = {"first": size, "after": cursor} if forwards else {}
            page = connection("things", items, named or {"last": size, "before": cursor}, int)
            seen += page["nodes"] if forwards else page["nodes"][::-1]
            info = page["pageInfo"]
            items, cursor = after, info["endCursor" if forwards else "startCursor"]
            if not info["hasNextPage" if forwards else "hasPreviousPage"]:
                break
        assert len(seen) == len(set(seen))
        assert set(after) <= set(seen)
        assert seen == sorted(seen, reverse=not forwards)


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ({}, "MISSING_PAGINATION_BOUNDARIES"),
        ({"first": MOST + 1}, "EXCESSIVE_PAGINATION"),
        ({"last": MOST + 1}, "EXCESSIVE_PAGINATION"),
        ({"first": -1}, "INVALID_PAGINATION"),
        ({"first": 1, "after": "x"}, "INVALID_CURSOR_ARGUMENTS"),
        ({"first": 1, "before": "eA=="}, "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_page__out_of_bounds__is_refused(args: dict[str, Any], kind: str) -> None:
    with pytest.raises(Refusal) as caught:
        connection("things", [1, 2], args)
    assert caught.value.kind == kind


def test_cost__of_the_documented_example__is_51_points() -> None:
    """5,101 connections, as GitHub's page on the limits counts them."""
    text = """query { viewer { repositories(first: 100) { edges { repository: node {
      issues(first: $n) { edges { issue: node { labels(first: 60) { edges { node { id } } } } } }
    } } } } }"""
    price = cost(parse(text), {"n": 50})
    assert (price.requests, price.points) == (5101, 51)
    assert price.nodes == 100 + 100 * 50 + 100 * 50 * 60


def test_cost__of_little__is_one_point() -> None:
    text = "query { ...F } fragment F on Query { viewer { ... on User { login } } }"
    assert cost(parse(text), {}).points == 1


# Rules


def test_close__with_an_open_blocker__is_possible_on_github() -> None:
    """By hand and by a commit; the factory gives the model these rules."""
    bed = Bed()
    issue, other, blocker = bed.issue(), bed.issue(), bed.issue()
    for one in (issue, other):
        bed.forge.add_dependency(one, blocker, bed.owner)
    bed.forge.close(issue, bed.owner, reason="not_planned")
    sha = bed.forge.push(bed.repo, "main", "closes #2", bed.owner)
    assert (issue.open, issue.reason) == (False, "not_planned")
    assert not other.open
    assert [(e.kind, e.commit) for e in other.events[1:]] == [
        (EventKind.REFERENCED, sha),
        (EventKind.CLOSED, sha),
    ]


def test_reopens__in_a_commit__means_nothing_on_github() -> None:
    bed = Bed()
    issue = bed.issue()
    bed.forge.close(issue, bed.owner)
    bed.forge.push(bed.repo, "main", "reopens #1", bed.owner)
    assert not issue.open


def test_factory__of_a_model__sets_githubs_rules() -> None:
    forge = ForgeModel(lambda: START)
    assert forge.rules != RULES
    github_app(forge)
    assert forge.rules == RULES


def test_transferred_issue__keeps_labels_that_both_know__under_a_new_number() -> None:
    bed = Bed()
    there = bed.forge.add_repository(bed.owner, "store")
    for name in ("both", "here"):
        bed.forge.define_label(bed.repo, name)
    bed.forge.define_label(there, "both")
    issue = bed.issue()
    for name in ("both", "here"):
        bed.forge.add_label(issue, name, bed.owner)
    before = issue.id
    bed.forge.transfer_issue(issue, there)
    assert (issue.repo, issue.number) == (there, 1)
    assert issue.id != before
    assert [(label.name, label in there.labels) for label in issue.labels] == [("both", True)]
    assert bed.repo.gone == {1: issue}
    assert bed.repo.issues == {}


@pytest.mark.parametrize("end", [ForgeModel.delete_issue, None])
def test_sub_issue__made_part_of_another_or_deleted__leaves_the_first(
    end: Callable[[ForgeModel, Issue], None] | None,
) -> None:
    bed = Bed()
    first, second, part = bed.issue(), bed.issue(), bed.issue()
    bed.forge.add_sub_issue(first, part)
    if end is None:
        bed.forge.add_sub_issue(second, part)
        assert (second.sub_issues, part.parent) == ([part], second)
    else:
        end(bed.forge, part)
    assert first.sub_issues == []
