"""What every tracker has to do, whoever answers it: identity, listing, whole issues."""

import pytest
from support.benches import ForgeBench
from support.contract import event_words, read_one
from support.people import HUMAN, IN_PROGRESS, READY

from afk.decide.blockers import parse
from afk.errors import NotFound, RepositoryMoved
from afk.model.forge import RepositoryTrouble
from afk.types import EventKind, IssueKey

# --- who and where


def test_me__is_the_tokens_account(bench: ForgeBench) -> None:
    bench.given("repo", lambda people: people.repository("me"))

    me = bench.tracker().me()

    assert me.login == "bot"
    assert me.id > 0


def test_repository__shows_id_branch_and_archiving(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("plain"))
    old = bench.given("old", lambda people: people.repository("attic"))
    bench.given("archived", lambda people: people.archive(old))

    here, there = bench.tracker().repository(repo), bench.tracker().repository(old)

    assert (here.name, here.default_branch, here.archived) == (repo, "main", False)
    assert there.archived
    assert here.id not in (0, there.id)


def test_repository__missing__not_found(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("there"))

    with pytest.raises(NotFound):
        bench.tracker().repository(f"{repo}-not")


def test_repository__renamed__names_both(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("before"))
    bench.given("renamed", lambda people: people.rename(repo, "after"))

    with pytest.raises(RepositoryMoved) as caught:
        bench.tracker().repository(repo)

    assert caught.value.old == repo
    assert "/after" in caught.value.new


# --- listing


def test_listing__ready_and_in_progress__are_heads(bench: ForgeBench) -> None:
    """Ready counts on open issues, in progress on closed ones too; nothing else is listed."""
    repo = bench.given("repo", lambda people: people.repository("list"))
    ready = bench.given("ready", lambda people: people.issue(repo, "ready"))
    bench.given("labelled", lambda people: people.label(repo, ready, READY))
    running = bench.given("running", lambda people: people.issue(repo, "closed, in progress"))
    bench.given("locked", lambda people: people.label(repo, running, IN_PROGRESS))
    bench.given("closed", lambda people: people.edit(repo, running, state="closed"))
    bench.given("other", lambda people: people.issue(repo, "neither"))

    listing = bench.tracker().listing([repo])

    shown = sorted((one.key.number, one.ready, one.in_progress, one.open) for one in listing.heads)
    assert shown == [(ready, True, False, True), (running, False, True, False)]
    assert listing.troubles == ()


def test_listing__nothing_ready__costs_one_request(bench: ForgeBench) -> None:
    """An owner of its own: others' labelled issues might be this repository under a new name."""
    org = bench.given("org", lambda people: people.organisation("idle-org"))
    repo = bench.given("repo", lambda people: people.repository("idle", owner=org))
    other = bench.given("other", lambda people: people.issue(repo, "held back"))
    bench.given("label", lambda people: people.label(repo, other, HUMAN))

    listing = bench.tracker().listing([repo])

    assert listing.heads == ()
    assert listing.troubles == ()
    assert bench.requests() == 1


def test_listing__no_repositories__costs_nothing(bench: ForgeBench) -> None:
    bench.given("repo", lambda people: people.repository("none"))

    assert bench.tracker().listing([]).heads == ()
    assert bench.requests() == 0


def test_listing__renamed__is_a_trouble(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("old-name"))
    number = bench.given("issue", lambda people: people.issue(repo, "ready"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    bench.given("renamed", lambda people: people.rename(repo, "new-name"))

    listing = bench.tracker().listing([repo])

    (trouble,) = listing.troubles
    assert (trouble.repo, trouble.kind) == (repo, RepositoryTrouble.RENAMED)
    assert "/new-name" in trouble.detail
    assert listing.heads == ()


# --- whole issues


def test_read__labels_title_comments__come_in_order(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("read"))
    number = bench.given("issue", lambda people: people.issue(repo, "first", "the body"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    bench.given("title", lambda people: people.edit(repo, number, title="second"))
    bench.given("said", lambda people: people.comment(repo, number, "hello", by="writer"))
    bench.given("unlabel", lambda people: people.unlabel(repo, number, READY, by="writer"))
    bench.given("again", lambda people: people.label(repo, number, READY, by="writer"))
    tracker = bench.tracker()

    issue = tracker.read(tracker.listing([repo]).heads)[IssueKey(repo, number)]

    assert (issue.title, issue.body, issue.open, issue.is_pull) == (
        "second",
        "the body",
        True,
        False,
    )
    assert event_words(issue) == [
        ("labeled", READY),
        ("renamed", ""),
        ("unlabeled", READY),
        ("labeled", READY),
    ]
    assert [event.actor.login for event in issue.events] == ["owner", "owner", "writer", "writer"]
    assert [event.order for event in issue.events] == sorted(one.order for one in issue.events)
    assert [(one.body, one.author.login) for one in issue.comments] == [("hello", "writer")]
    assert issue.has_label(READY)
    assert issue.author.login == "owner"


def test_read__without_events__is_empty(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("quiet"))
    number = bench.given("issue", lambda people: people.issue(repo, "nothing happened"))

    issue = read_one(bench, repo, number)

    assert (issue.events, issue.comments, issue.blockers) == ((), (), ())


def test_read__blockers__only_a_readable_closed_one_is_closed(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("blocked"))
    first = bench.given("first", lambda people: people.issue(repo, "blocker"))
    second = bench.given("second", lambda people: people.issue(repo, "done blocker"))
    bench.given("closed", lambda people: people.edit(repo, second, state="closed"))
    body = f"Blocked by #{first}, #{second} and #4711"
    number = bench.given("issue", lambda people: people.issue(repo, "waits", body))

    issue = read_one(bench, repo, number)

    assert len(parse(body, repo)) == 3
    assert {blocker.ref: blocker.closed for blocker in issue.blockers} == {
        f"{repo}#{first}": False,
        f"{repo}#{second}": True,
        f"{repo}#4711": False,
    }


@pytest.mark.forge("forgejo")
def test_read__native_dependency__is_a_blocker(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("depends"))
    blocker = bench.given("blocker", lambda people: people.issue(repo, "first this"))
    number = bench.given("issue", lambda people: people.issue(repo, "then that"))
    bench.given("block", lambda people: people.block(repo, number, blocker))

    issue, other = read_one(bench, repo, number), read_one(bench, repo, blocker)

    assert [(one.ref, one.closed) for one in issue.blockers] == [(f"{repo}#{blocker}", False)]
    assert other.blockers == ()


def test_read__closed_by_commit__shows_commit_and_close(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("closing"))
    number = bench.given("issue", lambda people: people.issue(repo, "to be closed"))
    message = f"Repair it\n\nCloses #{number}\n"
    sha = bench.given("sha", lambda people: people.push(repo, message, by="writer"))

    issue = read_one(bench, repo, number)

    assert not issue.open
    kinds = {event.kind for event in issue.events}
    assert EventKind.CLOSED in kinds
    assert any(event.commit == sha for event in issue.events)


def test_reread__deleted_issue__none(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("gone"))
    number = bench.given("issue", lambda people: people.issue(repo, "soon gone"))
    bench.given("deleted", lambda people: people.delete_issue(repo, number))

    assert bench.tracker().reread(IssueKey(repo, number)) is None


def test_reread__renamed_repository__moved(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("was"))
    number = bench.given("issue", lambda people: people.issue(repo, "still here"))
    bench.given("renamed", lambda people: people.rename(repo, "is"))

    with pytest.raises(RepositoryMoved):
        bench.tracker().reread(IssueKey(repo, number))


def test_reread__missing_repository__not_found(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("exists"))

    with pytest.raises(NotFound):
        bench.tracker().reread(IssueKey(f"{repo}-not", 1))


def test_body_edits__never_edited_and_edited(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("edits"))
    same = bench.given("same", lambda people: people.issue(repo, "same", "text"))
    other = bench.given("other", lambda people: people.issue(repo, "other", "text"))
    bench.given("edited", lambda people: people.edit(repo, other, body="another text"))

    untouched = bench.tracker().body_edits(read_one(bench, repo, same))
    touched = bench.tracker().body_edits(read_one(bench, repo, other))

    assert untouched is not None
    assert list(untouched) == []
    assert touched


@pytest.mark.forge("forgejo")
def test_body_edits__private_repository__cannot_be_read(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("secret", private=True))
    number = bench.given("issue", lambda people: people.issue(repo, "hidden", "text"))

    assert bench.tracker().body_edits(read_one(bench, repo, number)) is None
