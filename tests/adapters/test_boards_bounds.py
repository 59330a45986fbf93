"""What dashboard and report read of a forge is bounded, and what is left out is said."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support.benches import ForgeBench, sandbox_bench
from support.boards import boards_of, history_of
from support.people import HUMAN

from afk.adapters.forgejo.api import ForgejoApi
from afk.adapters.forgejo.history import ForgejoHistory
from afk.errors import RepositoryMoved, TooLarge
from afk.model.board import Past
from afk.types import Forge, IssueKey

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = "<!-- afk:run:v1 {} mac=none -->"


@pytest.fixture(params=list(Forge), ids=str)
def bench(request: pytest.FixtureRequest) -> Iterator[ForgeBench]:
    with sandbox_bench(request.param) as made:
        yield made


def of(kind: Forge, bench: ForgeBench) -> ForgeBench:
    """Leave out the other forge's bench."""
    if bench.kind is not kind:
        pytest.skip("the other forge's")
    return bench


def filled(bench: ForgeBench, issues: int = 1, comments: int = 0, size: int = 5) -> str:
    """Return a repository of so many issues, each with a record behind so many comments."""
    people = bench.people
    assert people is not None
    repo = people.repository("busy")
    for number in range(1, issues + 1):
        people.issue(repo, f"title {number}")
        for _ in range(comments):
            people.comment(repo, number, "y" * size)
        people.comment(repo, number, RECORD)
    return repo


def past(bench: ForgeBench, repo: str, since: datetime = SINCE) -> Past:
    return history_of(bench).past(repo, since)


def numbers(found: Past) -> list[int]:
    return [one.number for one in found.issues]


def test_past__more_issues_than_a_page__are_all_read(bench: ForgeBench) -> None:
    repo = filled(bench, issues=57)

    found = past(bench, repo)

    assert sorted(numbers(found)) == list(range(1, 58))
    assert not found.cut


def test_past__more_comments_than_a_page__are_read_or_told(bench: ForgeBench) -> None:
    """GitHub shows an issue's first hundred; Forgejo lists a repository's, 50 at a time."""
    found = past(bench, filled(bench, comments=101))

    github = bench.kind is Forge.GITHUB
    assert (numbers(found), found.cut) == ([] if github else [1], github)


def test_past__page_too_large__is_asked_for_in_smaller_ones(bench: ForgeBench) -> None:
    repo = filled(bench, issues=12, comments=2, size=3_000)
    bench.max_body = 64_000

    found = past(bench, repo)

    assert sorted(numbers(found)) == list(range(1, 13))
    assert not found.cut


def test_past__too_large_in_any_page__is_left_out_and_told(bench: ForgeBench) -> None:
    repo = filled(of(Forge.FORGEJO, bench), issues=2, comments=1, size=60_000)
    bench.max_body = 50_000

    found = past(bench, repo)

    assert (numbers(found), found.cut) == ([], True)


def test_past__issue_lists_too_large__are_read_one_by_one(bench: ForgeBench) -> None:
    people = of(Forge.FORGEJO, bench).people
    assert people is not None
    repo = people.repository("busy")
    people.issue(repo, "title", "z" * 60_000)
    people.comment(repo, 1, RECORD)
    bench.max_body = 30_000

    found = past(bench, repo)

    assert (numbers(found), found.cut) == ([1], False)


def test_past__record_edited_later_than_its_issue__is_found(bench: ForgeBench) -> None:
    """An edit moves no time of Forgejo's issues."""
    repo = filled(of(Forge.FORGEJO, bench))
    people = bench.people
    assert people is not None
    forge = people.forge  # type: ignore[attr-defined]  # the sandbox's people
    (issue,) = forge.repositories[0].issues.values()
    issue.updated_at = datetime.now(UTC) - timedelta(days=9)

    found = past(bench, repo, datetime.now(UTC) - timedelta(days=1))

    assert numbers(found) == [1]


def test_past__more_comments_than_are_read__newest_are(bench: ForgeBench) -> None:
    people = of(Forge.FORGEJO, bench).people
    assert people is not None
    repo = people.repository("busy")
    for number in (1, 2, 3):
        people.issue(repo, f"title {number}")
    people.comment(repo, 1, "first")
    forge = people.forge  # type: ignore[attr-defined]  # the sandbox's people
    first, second, third = forge.repositories[0].issues.values()
    author = first.author
    for _ in range(60):
        forge.comment(first, author, "x")
    forge.comment(second, author, RECORD)
    for _ in range(150):
        forge.comment(first, author, "x")
    forge.comment(third, author, RECORD)

    found = ForgejoHistory(ForgejoApi(bench.server("bot")), pages=3).past(repo, SINCE)

    assert (numbers(found), found.cut) == ([3], True)
    assert bench.requests() == 1 + 3 + 1


def test_past__renamed__names_both(bench: ForgeBench) -> None:
    repo = filled(bench)
    people = bench.people
    assert people is not None
    people.rename(repo, "elsewhere")

    with pytest.raises(RepositoryMoved):
        past(bench, repo)


def test_board__text_larger_than_is_read__is_told(bench: ForgeBench) -> None:
    people = of(Forge.FORGEJO, bench).people
    assert people is not None
    repo = people.repository("board")
    number = people.issue(repo, "afk", "z" * 300_000)

    with pytest.raises(TooLarge, match="larger than afk reads"):
        boards_of(bench).read(IssueKey(repo, number), [])


def test_board__pull_request__is_none(bench: ForgeBench) -> None:
    people = bench.people
    assert people is not None
    repo = people.repository("board")
    people.write(repo, "topic", "x")
    number = people.pull(repo, "topic")

    assert boards_of(bench).read(IssueKey(repo, number), [repo]) is None


def test_handed_back__more_than_are_listed__says_so(bench: ForgeBench) -> None:
    people = bench.people
    assert people is not None
    repo = people.repository("crowd")
    for number in range(1, 53):
        people.issue(repo, f"title {number}")
        people.label(repo, number, HUMAN)

    found = boards_of(bench).handed_back([repo])[repo]

    assert len(found.titles) == 50
    assert 52 in found.titles, "the newest"
    assert not found.whole


def test_handed_back__hundreds_of_repositories__in_few_requests(bench: ForgeBench) -> None:
    """Those that are not there are absent on GitHub; Forgejo is asked by owner."""
    people = bench.people
    assert people is not None
    repo = people.repository("one")
    number = people.issue(repo, "afk")
    every = [repo, *(f"owner/none-{one}" for one in range(120))]
    boards = boards_of(bench)

    board = boards.read(IssueKey(repo, number), every)
    shown = boards.handed_back(every)

    assert board is not None
    assert repo in shown
    assert bench.requests() == 2
    assert ("owner/none-1" in shown) is (bench.kind is Forge.FORGEJO)
