"""What every reader of CI has to do: nothing yet, posted statuses, words nobody knows, pages."""

from functools import partial

import pytest
from support.benches import ForgeBench
from support.people import People

from afk.model.ci import CheckState, CommitChecks


def post(repo: str, sha: str, context: str, state: str, people: People) -> None:
    """Post a status."""
    people.status(repo, sha, context, state)


def read(bench: ForgeBench, repo: str, sha: str) -> CommitChecks:
    """Return everything said of a commit, by a reader of its own."""
    return bench.both()[1].read(repo, [sha])[sha]


def test_checks__nothing_posted__no_checks(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("silent"))
    sha = bench.given("sha", lambda people: people.push(repo, "nothing watches this"))

    found = read(bench, repo, sha)

    assert (found.sha, found.checks, found.all_runs_ended) == (sha, (), None)


def test_checks__posted_statuses__newest_of_each_context(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("statuses"))
    sha = bench.given("sha", lambda people: people.push(repo, "watched"))
    for number, (context, state) in enumerate(
        [("ci/a", "pending"), ("ci/a", "success"), ("ci/b", "failure"), ("ci/c", "error")]
    ):
        bench.given(f"status {number}", partial(post, repo, sha, context, state))

    found = read(bench, repo, sha)

    assert {check.name: check.state for check in found.checks} == {
        "ci/a": CheckState.SUCCESS,
        "ci/b": CheckState.FAILURE,
        "ci/c": CheckState.FAILURE,
    }
    assert all(check.workflow == "" for check in found.checks)


def test_checks__pending_beside_failure__both_are_seen(bench: ForgeBench) -> None:
    """A combined state hides one of them: failure outranks pending on Forgejo."""
    repo = bench.given("repo", lambda people: people.repository("mixed"))
    sha = bench.given("sha", lambda people: people.push(repo, "half way"))
    bench.given("one", lambda people: people.status(repo, sha, "ci/slow", "pending"))
    bench.given("two", lambda people: people.status(repo, sha, "ci/fast", "failure"))

    found = read(bench, repo, sha)

    assert {check.name: check.state for check in found.checks} == {
        "ci/slow": CheckState.PENDING,
        "ci/fast": CheckState.FAILURE,
    }


@pytest.mark.forge("forgejo")
def test_checks__unknown_word__never_green(bench: ForgeBench) -> None:
    """Forgejo takes any word as a state."""
    repo = bench.given("repo", lambda people: people.repository("words"))
    sha = bench.given("sha", lambda people: people.push(repo, "odd"))
    bench.given("odd", lambda people: people.status(repo, sha, "ci/odd", "splendid"))

    (check,) = read(bench, repo, sha).checks

    assert check.state is CheckState.UNKNOWN


def test_checks__more_contexts_than_a_page__all_are_read(bench: ForgeBench) -> None:
    """The failing one was posted first, so the first page alone would look green."""
    repo = bench.given("repo", lambda people: people.repository("many"))
    sha = bench.given("sha", lambda people: people.push(repo, "fifty-four"))
    bench.given("bad", lambda people: people.status(repo, sha, "ci/bad", "failure"))
    for number in range(53):
        bench.given(f"good {number}", partial(post, repo, sha, f"ci/{number:02}", "success"))

    found = read(bench, repo, sha)

    assert len(found.checks) == 54
    assert [check.name for check in found.checks if check.state is CheckState.FAILURE] == ["ci/bad"]


def test_checks__unknown_commit__no_checks(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("elsewhere"))

    found = read(bench, repo, "0123456789" * 4)

    assert found.checks == ()


def test_checks__several_commits__each_its_own(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("several"))
    first = bench.given("first", lambda people: people.push(repo, "first"))
    second = bench.given("second", lambda people: people.push(repo, "second"))
    bench.given("status", lambda people: people.status(repo, first, "ci", "success"))

    found = bench.both()[1].read(repo, [first, second])

    assert [check.state for check in found[first].checks] == [CheckState.SUCCESS]
    assert found[second].checks == ()
