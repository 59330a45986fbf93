"""What a forge refuses, and what afk makes of it: rights, scopes, archives, things gone."""

from functools import partial

import pytest
from support.benches import ForgeBench
from support.contract import read_one
from support.people import IN_PROGRESS, READY, People

from afk.config import Config
from afk.errors import NotFound, Refused, RepositoryMoved, TokenError
from afk.model.forge import RepositoryTrouble
from afk.ports import BranchQuery, CloseResult
from afk.types import AccountKind, Forge, IssueKey, Permission

# --- scopes of a token


@pytest.mark.forge("forgejo")
def test_scope__no_read_user__own_account_stands_for_it(bench: ForgeBench) -> None:
    bench.given("repo", lambda people: people.repository("who"))

    with pytest.raises(TokenError, match="read:user"):
        bench.tracker("bot.issues").me()

    bench.config = Config(own_accounts=(17,))
    assert bench.tracker("bot.issues").me().id == 17


@pytest.mark.forge("forgejo")
def test_scope__no_read_repository__token_error_names_it(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("codeless"))
    sha = bench.given("sha", lambda people: people.push(repo, "watched"))
    tracker, checks = bench.both("bot.issues")

    with pytest.raises(TokenError, match="read:repository"):
        checks.read(repo, [sha])
    with pytest.raises(TokenError, match="read:repository"):
        tracker.repository(repo)
    with pytest.raises(TokenError, match="read:repository"):
        tracker.head(repo, "main")
    with pytest.raises(TokenError, match="read:repository"):
        tracker.branches([BranchQuery(repo, sha, "main")])


@pytest.mark.forge("forgejo")
def test_scope__no_write_issue__token_error_names_it(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("readonly"))
    number = bench.given("issue", lambda people: people.issue(repo, "not to be touched"))
    tracker = bench.tracker("bot.reading")
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None

    with pytest.raises(TokenError, match="write:issue"):
        tracker.create_comment(issue, "hello")
    with pytest.raises(TokenError, match="write:issue"):
        tracker.label(issue, add=[READY])
    with pytest.raises(TokenError, match="write:issue"):
        tracker.close(issue)
    with pytest.raises(TokenError, match="write:issue"):
        tracker.ensure_labels(repo, ["another"])

    after = read_one(bench, repo, number)
    assert (after.open, after.labels, after.comments) == (True, (), ())


@pytest.mark.forge("forgejo")
def test_scope__public_only__private_repository_is_a_token_error(bench: ForgeBench) -> None:
    """Who may write there stays unknown, which approves nothing.

    The search leaves its issues out without a word; that others of the owner were found makes
    the listing ask for it, and what is refused is that repository's trouble alone. From 16 on it
    is as if it were not there.
    """
    seen = bench.given("seen", lambda people: people.repository("in-the-open"))
    open_one = bench.given("open", lambda people: people.issue(seen, "in the open"))
    bench.given("open label", lambda people: people.label(seen, open_one, READY))
    repo = bench.given("repo", lambda people: people.repository("hidden", private=True))
    number = bench.given("issue", lambda people: people.issue(repo, "hidden"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    author = read_one(bench, repo, number).author
    tracker = bench.tracker("bot.public")
    hidden = bench.version.startswith("16")

    with pytest.raises(
        NotFound if hidden else TokenError, match="may not see it" if hidden else "public"
    ):
        tracker.reread(IssueKey(repo, number))
    listing = tracker.listing([repo])

    assert listing.heads == ()
    [trouble] = listing.troubles
    assert trouble.repo == repo
    if hidden:
        assert trouble.kind is RepositoryTrouble.MISSING
        with pytest.raises(NotFound):
            tracker.permission(repo, author)
    else:
        assert trouble.kind is RepositoryTrouble.UNREADABLE
        assert isinstance(trouble.error, TokenError)
        assert "public" in str(trouble.error)
        assert tracker.permission(repo, author) is Permission.UNKNOWN


# --- rights of an account


def test_private__stranger__is_as_if_it_were_not_there(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("vault", private=True))
    number = bench.given("issue", lambda people: people.issue(repo, "hidden"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    tracker = bench.tracker("stranger")

    with pytest.raises(NotFound):
        tracker.reread(IssueKey(repo, number))

    listing = tracker.listing([repo])
    assert listing.heads == ()


def test_reader__may_comment_and_nothing_else(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("look"))
    number = bench.given("issue", lambda people: people.issue(repo, "look"))
    tracker = bench.tracker("reader")
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None

    tracker.create_comment(issue, "seen")
    with pytest.raises((Refused, TokenError)):
        tracker.close(issue)
    with pytest.raises((Refused, TokenError)):
        tracker.ensure_labels(repo, ["another"])

    after = read_one(bench, repo, number)
    assert after.open
    assert [one.author.login for one in after.comments] == ["reader"]


# --- archived


def test_archived__comment__refused(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("closed-shop"))
    number = bench.given("issue", lambda people: people.issue(repo, "too late"))
    bench.given("archived", lambda people: people.archive(repo))
    tracker = bench.tracker()
    issue = read_one(bench, repo, number)

    with pytest.raises(Refused) as caught:
        tracker.create_comment(issue, "too late")

    assert caught.value.status == (423 if bench.kind is Forge.FORGEJO else 403)
    assert read_one(bench, repo, number).comments == ()


@pytest.mark.forge("forgejo")
def test_archived__label_and_close__work_on_forgejo(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("half-closed"))
    number = bench.given("issue", lambda people: people.issue(repo, "still moving"))
    bench.given("archived", lambda people: people.archive(repo))
    tracker = bench.tracker()
    issue = read_one(bench, repo, number)

    tracker.label(issue, add=[IN_PROGRESS])
    closed = tracker.close(issue)

    after = read_one(bench, repo, number)
    assert closed is CloseResult.CLOSED
    assert (after.open, [label.name for label in after.labels]) == (False, [IN_PROGRESS])


# --- moved


def test_renamed__writes__say_where_it_is(bench: ForgeBench) -> None:
    """A redirect is refused, whatever the method: the token would go along."""
    repo = bench.given("repo", lambda people: people.repository("first-name"))
    number = bench.given("issue", lambda people: people.issue(repo, "moving"))
    issue = read_one(bench, repo, number)
    bench.given("renamed", lambda people: people.rename(repo, "second-name"))
    tracker = bench.tracker()

    with pytest.raises(RepositoryMoved, match="/second-name"):
        tracker.create_comment(issue, "where are you?")
    with pytest.raises(RepositoryMoved, match="/second-name"):
        tracker.label(issue, add=[READY])
    with pytest.raises(RepositoryMoved, match="/second-name"):
        tracker.close(issue)
    with pytest.raises(RepositoryMoved, match="/second-name"):
        tracker.head(repo, "main")


def test_transferred__repository__names_the_new_owner(bench: ForgeBench) -> None:
    """Renamed and then transferred: the last name is the one told."""
    repo = bench.given("repo", lambda people: people.repository("traveller"))
    org = bench.given("org", lambda people: people.organisation("far-away"))
    bench.given("transferred", lambda people: people.transfer(repo, org))

    with pytest.raises(RepositoryMoved) as caught:
        bench.tracker().repository(repo)

    assert caught.value.new.startswith(f"{org}/traveller")


# --- gone meanwhile


def test_read__deleted_after_the_listing__absent(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("fleeting"))
    number = bench.given("issue", lambda people: people.issue(repo, "soon gone"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    tracker = bench.tracker()
    heads = tracker.listing([repo]).heads
    bench.given("deleted", lambda people: people.delete_issue(repo, number))

    assert [head.key for head in heads] == [IssueKey(repo, number)]
    assert tracker.read(heads) == {}


def put_on(repo: str, number: int, name: str, people: People) -> None:
    """Put a label on."""
    people.label(repo, number, name)


def test_label__taken_away_meanwhile__is_off_already(bench: ForgeBench) -> None:
    """One was taken off, the other was deleted from the repository: nothing to take off."""
    repo = bench.given("repo", lambda people: people.repository("relabelled"))
    number = bench.given("issue", lambda people: people.issue(repo, "labelled"))
    for name in (READY, IN_PROGRESS):
        bench.given(f"label {name}", partial(put_on, repo, number, name))
    tracker = bench.tracker()
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None
    bench.given("unlabelled", lambda people: people.unlabel(repo, number, IN_PROGRESS))
    bench.given("no label", lambda people: people.delete_label(repo, READY))

    tracker.label(issue, remove=[READY, IN_PROGRESS])

    assert read_one(bench, repo, number).labels == ()


def test_label__issue_deleted_meanwhile__not_found(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("shredded"))
    number = bench.given("issue", lambda people: people.issue(repo, "soon gone"))
    bench.given("label", lambda people: people.label(repo, number, READY))
    tracker = bench.tracker()
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None
    bench.given("deleted", lambda people: people.delete_issue(repo, number))

    with pytest.raises(NotFound):
        tracker.label(issue, remove=[READY])
    with pytest.raises(NotFound):
        tracker.label(issue, add=[IN_PROGRESS])


def test_comment__of_a_deleted_issue__gone(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("silenced"))
    number = bench.given("issue", lambda people: people.issue(repo, "soon gone"))
    tracker = bench.tracker()
    issue = tracker.reread(IssueKey(repo, number))
    assert issue is not None
    made = tracker.create_comment(issue, "hello")
    bench.given("deleted", lambda people: people.delete_issue(repo, number))

    assert tracker.read_comment(issue, made) is None
    with pytest.raises(NotFound):
        tracker.edit_comment(issue, made, "still there?")
    with pytest.raises(NotFound):
        tracker.create_comment(issue, "anybody?")
    tracker.delete_comment(issue, made)


def test_account__deleted__is_a_ghost_without_rights(bench: ForgeBench) -> None:
    repo = bench.given("repo", lambda people: people.repository("haunted"))
    login = bench.given("login", lambda people: people.account("mortal", repo))
    number = bench.given("issue", lambda people: people.issue(repo, "haunted"))
    bench.given("label", lambda people: people.label(repo, number, READY, by=login))
    bench.given("said", lambda people: people.comment(repo, number, "boo", by=login))
    bench.given("deleted", lambda people: people.delete_account(login))
    tracker = bench.tracker()

    issue = read_one(bench, repo, number)

    actors = [issue.events[0].actor, issue.comments[0].author]
    assert [one.kind for one in actors] == [AccountKind.GHOST, AccountKind.GHOST]
    assert tracker.permission(repo, actors[0]) is not Permission.WRITE


def test_listing__unknown_owner__is_a_missing_repository(bench: ForgeBench) -> None:
    bench.given("repo", lambda people: people.repository("here"))

    listing = bench.tracker().listing(["nobody-of-this-name/thing"])

    (trouble,) = listing.troubles
    assert (trouble.kind, listing.heads) == (RepositoryTrouble.MISSING, ())
