"""Lists that GitHub answers in several pages, each of which afk has to ask for.

Forgejo has none of them: it gives timelines and comments whole, and commits in one page.
"""

from functools import partial

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import READY, People

from afk.model.ci import CheckState
from afk.ports import BranchQuery

pytestmark = pytest.mark.forge("github")

MORE = 103
"""Three more than the largest page."""


def rename(repo: str, number: int, title: str, people: People) -> None:
    """Give an issue another title."""
    people.edit(repo, number, title=title)


def say(repo: str, number: int, body: str, people: People) -> int:
    """Comment."""
    return people.comment(repo, number, body)


def test_read__events_past_the_first_page__come_in_order(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("restless"))
    number = bench.given("issue", lambda people: people.issue(repo, "title 0"))
    for one in range(1, MORE):
        bench.given(f"title {one}", partial(rename, repo, number, f"title {one}"))
    bench.given("label", lambda people: people.label(repo, number, READY))

    issue = read_one(bench, repo, number)

    assert len(issue.events) == MORE
    assert (issue.events[-1].label, issue.oversized) == (READY, "")


def test_read__comments_past_the_first_page__come_in_order(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("talkative"))
    number = bench.given("issue", lambda people: people.issue(repo, "talk"))
    for one in range(MORE):
        bench.given(f"comment {one}", partial(say, repo, number, f"comment {one}"))

    issue = read_one(bench, repo, number)

    assert [one.body for one in issue.comments] == [f"comment {one}" for one in range(MORE)]


def push(repo: str, message: str, people: People) -> str:
    """Push a commit."""
    return people.push(repo, message)


def test_branches__commits_past_the_first_page__all_are_read(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("busy"))
    base = bench.given("base", lambda people: people.push(repo, "base"))
    shas = [bench.given(f"sha {one}", partial(push, repo, f"{one}")) for one in range(MORE)]
    query = BranchQuery(repo, base, "main")

    found = bench.tracker().branches([query])[query]

    assert {one.sha for one in found.commits} == set(shas)
    assert (found.head, found.complete) == (shas[-1], True)


def post(repo: str, sha: str, context: str, state: str, people: People) -> None:
    """Post a status."""
    people.status(repo, sha, context, state)


def test_checks__contexts_past_the_first_page__all_are_read(bench: ForgeBench) -> None:
    """Whichever page the failing one is on: without it the commit would look green."""
    repo = bench.given("repo", lambda people: people.repository("watched"))
    sha = bench.given("sha", lambda people: people.push(repo, "watched"))
    for one in range(MORE):
        state = "failure" if one in (0, MORE - 1) else "success"
        bench.given(f"status {one}", partial(post, repo, sha, f"ci/{one:03}", state))

    found = bench.both()[1].read(repo, [sha])[sha]

    failed = [one.name for one in found.checks if one.state is CheckState.FAILURE]
    assert (len(found.checks), sorted(failed)) == (MORE, ["ci/000", f"ci/{MORE - 1:03}"])
