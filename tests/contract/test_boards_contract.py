"""What dashboard and report need of a forge: one issue to write on, and runs of the past."""

from datetime import UTC, datetime

import pytest
from support.benches import ForgeBench
from support.boards import boards_of, history_of
from support.people import HUMAN

from afk.errors import NotFound, RepositoryMoved
from afk.types import IssueKey

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
RECORD = "<!-- afk:run:v1 {} mac=none -->\nx"


def test_board__what_is_written__is_read_back(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("board"))
    number = bench.given("issue", lambda people: people.issue(repo, "afk", "Hello\n"))
    key = IssueKey(repo, number)

    boards = boards_of(bench)
    first = boards.read(key, [repo])
    assert first is not None
    boards.write(first, "Hello\n\nBye <!-- x -->\n")
    second = boards_of(bench).read(key, [])

    assert (first.key, first.body.strip(), first.author.login) == (key, "Hello", "owner")
    assert second is not None
    assert second.body == "Hello\n\nBye <!-- x -->\n"
    assert (second.repository_id, second.author) == (first.repository_id, first.author)
    assert bench.tracker().repository(repo).id == first.repository_id


def test_board__not_there__is_none_and_a_repository_that_is_not_is_told(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("bare"))

    boards = boards_of(bench)

    assert boards.read(IssueKey(repo, 99), [repo]) is None
    with pytest.raises(NotFound):
        boards_of(bench).read(IssueKey(f"{repo}-not", 1), [repo])


def test_board__renamed_repository__names_both(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("former"))
    number = bench.given("issue", lambda people: people.issue(repo, "afk"))
    bench.given("renamed", lambda people: people.rename(repo, "latter"))

    with pytest.raises(RepositoryMoved) as caught:
        boards_of(bench).read(IssueKey(repo, number), [])

    assert caught.value.old == repo


def test_handed_back__open_issues_with_the_label__by_repository(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("handed"))
    other = bench.given("other", lambda people: people.repository("quiet"))
    back = bench.given("back", lambda people: people.issue(repo, "Add a till"))
    bench.given("plain", lambda people: people.issue(repo, "Add a sink"))
    over = bench.given("over", lambda people: people.issue(repo, "Add a door"))
    bench.given("label", lambda people: people.label(repo, back, HUMAN))
    bench.given("label 2", lambda people: people.label(repo, over, HUMAN))
    bench.given("closed", lambda people: people.edit(repo, over, state="closed"))

    shown = boards_of(bench).handed_back([repo, other])

    assert shown[repo].titles == {back: "Add a till"}
    assert shown[other].titles == {}
    assert shown[repo].whole


def test_withheld__private_repositories__only_where_the_issue_is_public(bench: ForgeBench) -> None:
    public = bench.given("public", lambda people: people.repository("seen"))
    private = bench.given("private", lambda people: people.repository("unseen", private=True))
    here = bench.given("issue", lambda people: people.issue(public, "afk"))
    there = bench.given("issue 2", lambda people: people.issue(private, "afk"))
    every = [public, private, f"{public}-not"]

    boards = boards_of(bench)
    seen = boards.read(IssueKey(public, here), every)
    assert seen is not None
    assert boards.withheld(seen, every) == {private, f"{public}-not"}
    boards = boards_of(bench)
    unseen = boards.read(IssueKey(private, there), every)
    assert unseen is not None
    assert boards.withheld(unseen, every) == frozenset()


def test_past__issues_with_a_record__with_title_state_and_that_comment(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("past"))
    first = bench.given("first", lambda people: people.issue(repo, "Add a till"))
    bench.given("second", lambda people: people.issue(repo, "Nothing of afk's"))
    bench.given("said", lambda people: people.comment(repo, first, "Please."))
    record = bench.given("record", lambda people: people.comment(repo, first, RECORD))
    bench.given("closed", lambda people: people.edit(repo, first, state="closed"))

    found = history_of(bench).past(repo, SINCE)

    (issue,) = found.issues
    assert (issue.key, issue.title, issue.open) == (IssueKey(repo, first), "Add a till", False)
    (comment,) = issue.comments
    assert (comment.id, comment.body, comment.author.login) == (record, RECORD, "owner")
    assert issue.repo.id == bench.tracker().repository(repo).id
    assert not found.cut


def test_past__nothing_since__is_nothing(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("still"))
    number = bench.given("issue", lambda people: people.issue(repo, "Add a till"))
    bench.given("record", lambda people: people.comment(repo, number, RECORD))

    found = history_of(bench).past(repo, LATER)

    assert (found.issues, found.cut) == ((), False)


def test_past__no_such_repository__is_told(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("gone"))

    with pytest.raises(NotFound):
        history_of(bench).past(f"{repo}-not", SINCE)
