"""What every forge's pull requests have to do: found, opened, changed, reviewed, followed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.pulls_contract import HEAD, given_branch, landing, one, spec, until

from afk.errors import AfkError
from afk.model.pull import Mergeability, Pull, PullState, ReviewState
from afk.ports.landing import PullQuery
from afk.types import Forge


def test_pull__opened__is_found_by_number_and_by_branch(bench: ForgeBench) -> None:
    repo, head = given_branch(bench, "opened")

    opened = landing(bench)[0].open(spec(repo))
    by_number, by_branch = PullQuery(repo, HEAD, opened.number), PullQuery(repo, HEAD)
    found = {**landing(bench)[0].read([by_number]), **landing(bench)[0].read([by_branch])}

    for pull in (opened, *found[by_number], *found[by_branch]):
        assert (pull.number, pull.state, pull.title) == (opened.number, PullState.OPEN, "Work")
        assert (pull.head_ref, pull.head_sha, pull.base_ref) == (HEAD, head, "main")
        assert (pull.head_repository, pull.head_exists) == (pull.repository, True)
        assert (pull.author.login, pull.draft, pull.reviews) == ("bot", False, ())
    assert [len(pulls) for pulls in found.values()] == [1, 1]


def test_pulls__several_of_a_repository__each_as_if_asked_alone(bench: ForgeBench) -> None:
    """In every state, by number and by branch, there and not."""
    repo, _ = given_branch(bench, "several")
    port = landing(bench)[0]
    first = port.open(spec(repo))
    port.close(first)
    second = port.open(spec(repo, draft=True))
    since = datetime(2020, 1, 1, tzinfo=UTC)
    queries = [
        PullQuery(repo, HEAD, first.number),
        PullQuery(repo, HEAD, second.number),
        PullQuery(repo, HEAD, 999),
        PullQuery(repo, HEAD, since=since),
        PullQuery(repo, "afk/none", since=since),
    ]

    together = landing(bench)[0].read(queries)

    alone = {one: landing(bench)[0].read([one])[one] for one in queries}
    assert [len(alone[one]) for one in queries] == [1, 1, 0, 2, 0]
    assert {one: _settled(some) for one, some in together.items()} == {
        one: _settled(some) for one, some in alone.items()
    }


def _settled(pulls: Sequence[Pull]) -> list[Pull]:
    """Leave out what the forge is still computing, and the mark that waits for it."""
    return [replace(one, mark="", mergeability=Mergeability.UNKNOWN) for one in pulls]


def test_may_open__whoever_may__leaves_no_trace(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "may-open")

    landing(bench)[0].may_open(repo, "main")

    assert landing(bench)[0].read([PullQuery(repo, "main")])[PullQuery(repo, "main")] == []


def test_may_open__without_the_right__is_an_error(bench: ForgeBench) -> None:
    if bench.kind is Forge.GITHUB:
        pytest.skip("a token's single rights are not part of GitHub's sandbox")
    repo, _ = given_branch(bench, "may-not-open")

    with pytest.raises(AfkError):
        landing(bench, "bot.issues")[0].may_open(repo, "main")


def test_pull__none_there__is_not_found(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "none")
    missing, no_branch = PullQuery(repo, HEAD, 999), PullQuery(repo, "afk/none")

    found = {**landing(bench)[0].read([missing]), **landing(bench)[0].read([no_branch])}

    assert [list(pulls) for pulls in found.values()] == [[], []]


def test_pull__opened_twice__is_the_one_that_is_open(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "twice")
    port = landing(bench)[0]

    first, second = port.open(spec(repo)), port.open(spec(repo))

    assert second.number == first.number


def test_pull__another_opened_one_from_the_branch__is_that_persons(bench: ForgeBench) -> None:
    """Adopting it, or not, is not the adapter's to decide."""
    repo, _ = given_branch(bench, "squatted")
    number = bench.given("theirs", lambda people: people.pull(repo, HEAD, "Theirs"))

    found = landing(bench)[0].open(spec(repo))

    assert (found.number, found.title, found.author.login) == (number, "Theirs", "writer")


def test_pull__unknown_branch__is_refused(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("unknown"))

    with pytest.raises(AfkError):
        landing(bench)[0].open(spec(repo))


def test_pull__draft__is_made_ready(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "draft")
    port = landing(bench)[0]

    opened = port.open(spec(repo, draft=True))
    port.ready(opened)
    readied = one(bench, repo, opened.number)
    port.ready(readied)

    assert (opened.draft, readied.draft, readied.title) == (True, False, "Work")


def test_pull__closed__is_closed_and_a_new_one_can_be_opened(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "closed")
    port = landing(bench)[0]
    first = port.open(spec(repo))

    port.close(first)
    closed = one(bench, repo, first.number)
    port.close(closed)
    second = port.open(spec(repo))

    assert (closed.state, closed.closed_by.login) == (PullState.CLOSED, "bot")
    assert second.number > first.number


@pytest.mark.forge("forgejo")
def test_pull__comment__stands_in_its_conversation(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "comment")
    opened = landing(bench)[0].open(spec(repo))

    landing(bench)[0].comment(opened, "Opened by the run.")

    assert [one.body for one in read_one(bench, repo, opened.number).comments] == [
        "Opened by the run."
    ]


def test_pull__branch_deleted__is_closed_and_keeps_its_head(bench: ForgeBench) -> None:
    repo, head = given_branch(bench, "deleted")
    number = bench.given("pull", lambda people: people.pull(repo, HEAD))
    bench.given("gone", lambda people: people.remove_branch(repo, HEAD))

    found = until(bench, lambda: one(bench, repo, number), lambda pull: not pull.open)

    assert (found.state, found.head_exists) == (PullState.CLOSED, False)
    assert (found.head_ref, found.head_sha) == (HEAD, head)


def test_reviews__of_several__are_read_with_their_comments(bench: ForgeBench) -> None:
    repo, head = given_branch(bench, "reviews")
    opened = bench.given("pull", lambda people: people.pull(repo, HEAD, by="owner"))
    bench.given("no", lambda people: people.review(repo, opened, "REQUEST_CHANGES", "No.", "Why?"))
    bench.given("ok", lambda people: people.review(repo, opened, "APPROVED", "Ok.", by="reader"))

    found = one(bench, repo, opened)

    assert [(each.author.login, each.state, each.body) for each in found.reviews] == [
        ("writer", ReviewState.CHANGES_REQUESTED, "No."),
        ("reader", ReviewState.APPROVED, "Ok."),
    ]
    assert {each.commit for each in found.reviews} == {head}
    (comment,) = found.comments
    assert (comment.author.login, comment.body, comment.path) == ("writer", "Why?", "story.txt")
    assert (comment.line, comment.resolved, comment.edited, comment.hidden) == (
        1,
        False,
        False,
        False,
    )
    assert not found.truncated


def test_reviews__changed_after_it_was_given__is_told(bench: ForgeBench) -> None:
    """Any writer may change it; the author stays."""
    repo, _ = given_branch(bench, "changed")
    number = bench.given("pull", lambda people: people.pull(repo, HEAD, by="owner"))
    bench.given("no", lambda people: people.review(repo, number, "COMMENT", "Hm.", "Why?"))
    bench.given("edit", lambda people: people.edit_note(repo, number, "Drop it.", by="owner"))

    (comment,) = one(bench, repo, number).comments

    assert (comment.body, comment.author.login, comment.edited) == ("Drop it.", "writer", True)


@pytest.mark.forge("forgejo")
def test_reviews__nothing_moved__are_not_asked_for_again(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "unmoved")
    number = bench.given("pull", lambda people: people.pull(repo, HEAD, by="owner"))
    bench.given("ok", lambda people: people.review(repo, number, "APPROVED", "Ok."))

    bench.given("a while", lambda people: people.wait(2.1))

    first = one(bench, repo, number)
    before = bench.requests()
    query = PullQuery(repo, HEAD, number, seen=first.mark)
    (again,) = landing(bench)[0].read([query])[query]

    assert (again.unchanged, again.reviews) == (True, ())
    assert bench.requests() - before == 1


def test_closing__another_persons_pull__is_named(bench: ForgeBench) -> None:
    repo, _ = given_branch(bench, "closing")
    number = bench.given("issue", lambda people: people.issue(repo, "Do it"))
    pull = bench.given(
        "pull", lambda people: people.pull(repo, HEAD, "Theirs", f"Closes #{number}")
    )
    issue = read_one(bench, repo, number)

    (found,) = landing(bench)[0].closing([issue])[issue.key]

    assert (found.number, found.repo, found.author.login) == (pull, repo, "writer")
    assert found.head_ref == HEAD


def test_rules__nothing_demanded__says_so(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("free"))

    found = landing(bench)[0].rules(repo, "main")

    assert (found.protected, found.approvals, found.required, found.queue) == (False, 0, (), False)
    assert found.methods is not None
    assert set(found.methods) == {"merge", "squash", "rebase"}


def test_rules__protected__says_what_can_be_read(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("guarded"))
    bench.given("rule", lambda people: people.protect(repo, checks=("ci / test",), approvals=1))

    found = landing(bench)[0].rules(repo, "main")

    assert found.protected
    if bench.kind is Forge.FORGEJO:
        assert (found.required, found.approvals, found.up_to_date) == (("ci / test",), 1, None)
