"""What every tracker has to do: permission, branches, labels, comments, state, tokens."""

from functools import partial

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import HUMAN, IN_PROGRESS, READY, People

from afk.errors import NotFound, Refused, TokenError
from afk.ports import BranchQuery, CloseResult
from afk.types import Account, Forge, IssueKey, Permission

# --- permission


def say(repo: str, number: int, login: str, people: People) -> int:
    """Have somebody say their own name."""
    return people.comment(repo, number, login, by=login)


def test_permission__of_the_cast(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("rights"))
    number = bench.given("issue", lambda people: people.issue(repo, "who may"))
    for name in ("owner", "writer", "reader", "stranger"):
        bench.given(f"said by {name}", partial(say, repo, number, name))
    speakers = {one.author.login: one.author for one in read_one(bench, repo, number).comments}
    tracker = bench.tracker()

    found = {name: tracker.permission(repo, account) for name, account in speakers.items()}

    assert found == {
        "owner": Permission.WRITE,
        "writer": Permission.WRITE,
        "reader": Permission.NO_WRITE,
        "stranger": Permission.NO_WRITE,
    }


def test_permission__unknown_account__never_write(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("nobody"))

    found = bench.tracker().permission(repo, Account(987_654, "no-such-account"))

    assert found is not Permission.WRITE


# --- branches


def test_head_and_branches__commits_beyond_a_base(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("code"))
    base = bench.given("base", lambda people: people.push(repo, "base"))
    first = bench.given("first", lambda people: people.push(repo, "first\n\nAFK-Run: x\n"))
    second = bench.given("second", lambda people: people.push(repo, "second"))
    tracker = bench.tracker()
    query, none = BranchQuery(repo, base, "main"), BranchQuery(repo, second, "main")

    found = {**tracker.branches([query]), **tracker.branches([none])}

    assert tracker.head(repo, "main") == second
    assert [commit.sha for commit in found[query].commits] == [second, first]
    assert "AFK-Run: x" in found[query].commits[1].message
    assert (found[query].head, found[query].complete) == (second, True)
    assert found[none].commits == ()
    assert found[none].head == second


def test_branches__several_together__each_as_if_asked_alone(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("bases"))
    shas = [
        bench.given(f"sha {number}", lambda people: people.push(repo, "more"))
        for number in range(3)
    ]
    bases = [*shas, "0123456789" * 4]
    queries = [BranchQuery(repo, base, "main") for base in bases]
    queries.append(BranchQuery(repo, shas[0], "afk/none"))

    together = bench.tracker().branches(queries)

    assert together == {one: bench.tracker().branches([one])[one] for one in queries}
    assert [len(together[one].commits) for one in queries[:3]] == [2, 1, 0]
    assert together[queries[-1]].head == ""


def test_branches__unknown_base__read_to_the_root__hides_nothing(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("rewritten"))
    sha = bench.given("sha", lambda people: people.push(repo, "here"))
    query = BranchQuery(repo, "0123456789" * 4, "main")

    found = bench.tracker().branches([query])[query]

    assert found.complete
    assert sha in [commit.sha for commit in found.commits]


def test_head__missing_branch__is_an_error(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("branchless"))

    with pytest.raises((NotFound, Refused)):
        bench.tracker().head(repo, "no/such-branch")


# --- labels


def test_label__add_and_remove__shows_on_the_issue(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("labels"))
    number = bench.given("issue", lambda people: people.issue(repo, "to be labelled"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    tracker = bench.tracker()
    tracker.listing([repo])
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None

    tracker.label(issue, add=[IN_PROGRESS, HUMAN], remove=[READY])

    now = read_one(bench, repo, number)
    assert {label.name for label in now.labels} == {IN_PROGRESS, HUMAN}
    assert [event.actor.login for event in now.events][1:] == ["bot", "bot", "bot"]


def test_label__as_wanted_already__costs_nothing(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("as-is"))
    number = bench.given("issue", lambda people: people.issue(repo, "labelled"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    issue = read_one(bench, repo, number)
    before = bench.requests()

    bench.tracker().label(issue, add=[READY], remove=[HUMAN])

    assert bench.requests() == before


def test_ensure_labels__missing_ones__are_created_once(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("bare", labels=False))
    number = bench.given("issue", lambda people: people.issue(repo, "first issue"))
    names = [READY, IN_PROGRESS, HUMAN]

    bench.tracker().ensure_labels(repo, names)
    bench.tracker().ensure_labels(repo, names)
    bench.tracker().label(read_one(bench, repo, number), add=names)

    assert sorted(label.name for label in read_one(bench, repo, number).labels) == sorted(names)


def test_label__without_write__refused(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("mine"))
    number = bench.given("issue", lambda people: people.issue(repo, "not yours"))
    issue = read_one(bench, repo, number)

    with pytest.raises((Refused, TokenError)):
        bench.tracker("stranger").label(issue, add=[READY])

    assert read_one(bench, repo, number).labels == ()


# --- comments


def test_comment__create_read_edit_delete(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("talk"))
    number = bench.given("issue", lambda people: people.issue(repo, "talk"))
    tracker = bench.tracker()
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None

    made = tracker.create_comment(issue, "<!-- afk:run:v1 {} mac=none -->\nhello")
    read = tracker.read_comment(issue, made)
    edited = tracker.edit_comment(issue, made, "changed")
    shown = read_one(bench, repo, number).comments
    tracker.delete_comment(issue, made)
    gone = tracker.read_comment(issue, made)
    tracker.delete_comment(issue, made)

    assert read is not None
    assert (read.id, read.body, read.author.login) == (made.id, made.body, "bot")
    assert edited.id == made.id
    assert [(one.id, one.body) for one in shown] == [(made.id, "changed")]
    assert gone is None
    assert read_one(bench, repo, number).comments == ()


def test_comment__edited_by_another_writer__is_still_ours_and_dated(bench: ForgeBench) -> None:
    """A writer may edit the bot's comment; the author stays, and only GitHub names the editor."""
    repo = bench.given("repo", lambda people: people.repository("edited"))
    number = bench.given("issue", lambda people: people.issue(repo, "edited"))
    made = bench.tracker().create_comment(read_one(bench, repo, number), "mine")
    bench.given("edit", lambda people: people.edit_comment(repo, made.id, "yours", by="writer"))

    (shown,) = read_one(bench, repo, number).comments

    assert (shown.author.login, shown.body) == ("bot", "yours")
    if bench.kind is Forge.GITHUB:
        assert shown.edited_by is not None
        assert shown.edited_by.login == "writer"


# --- state


def test_close_and_reopen__as_wanted_already_is_no_error(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("state"))
    number = bench.given("issue", lambda people: people.issue(repo, "state"))
    tracker = bench.tracker()

    assert tracker.close(read_one(bench, repo, number)) is CloseResult.CLOSED
    closed = read_one(bench, repo, number)
    assert tracker.close(closed) is CloseResult.CLOSED
    tracker.reopen(closed)
    reopened = read_one(bench, repo, number)
    tracker.reopen(reopened)

    assert not closed.open
    assert reopened.open
    assert [event.actor.login for event in reopened.events] == ["bot", "bot"]


@pytest.mark.forge("forgejo")
def test_close__open_blocker__blocked(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("stuck"))
    blocker = bench.given("blocker", lambda people: people.issue(repo, "first this"))
    number = bench.given("issue", lambda people: people.issue(repo, "then that"))
    bench.given("block", lambda people: people.block(repo, number, blocker))

    assert bench.tracker().close(read_one(bench, repo, number)) is CloseResult.BLOCKED
    assert read_one(bench, repo, number).open


# --- tokens


def test_token__unknown__is_a_token_error(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("locked"))

    with pytest.raises(TokenError) as caught:
        bench.tracker(token="0123456789abcdef0123456789abcdef01234567").listing([repo])

    assert "0123456789abcdef" not in str(caught.value)
