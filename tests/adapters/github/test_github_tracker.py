"""Repositories, permissions and edits: what `GitHubTracker` asks of REST, by recordings."""

from datetime import UTC, datetime

import httpx
import pytest
from support.cassettes import replay
from support.github import KEY, REPO, Hub, an_issue, data, recorded, reply, tracker, whole

from afk.errors import NotFound, RateLimited, RepositoryMoved, ServerFault, TokenError
from afk.types import GHOST, Account, Forge, Permission


def test_tracker__itself__says_where_it_is() -> None:
    github = tracker(Hub())
    assert (github.forge, github.host) == (Forge.GITHUB, "recorded.test")
    assert github.web == "https://recorded.test"


@pytest.mark.parametrize(
    ("name", "repo", "login", "number", "expected"),
    [
        ("055-permission-admin", "hub4j-test-org/test-permission", "kohsuke", 50003, "WRITE"),
        (
            "057-permission-maintain",
            "hub4j-test-org/maintain-permission-issue",
            "alecharp",
            985955,
            "WRITE",
        ),
        ("058-permission-read", "hub4j-test-org/test-permission", "dude", 60431, "NO_WRITE"),
        (
            "059-permission-none",
            "hub4j-test-org/test-permission-private",
            "dude",
            60431,
            "NO_WRITE",
        ),
    ],
)
def test_permission__recorded_answer__is_understood(
    name: str, repo: str, login: str, number: int, expected: str
) -> None:
    with replay(f"github/{name}") as cassette:
        found = tracker().permission(repo, Account(number, login))
    assert found is Permission[expected]
    assert cassette.all_played
    assert cassette.play_count == 1


def test_permission__token_that_may_not_ask__is_the_token_s_trouble() -> None:
    """Recording 061: it says nothing of the account, and listing that one would mend nothing."""
    with replay("github/061-permission-403"), pytest.raises(TokenError, match="403") as caught:
        tracker().permission("apache/groovy", Account(154109, "jglick"))
    assert "to push" in caught.value.cause
    hub = Hub(rest={PERMISSION: recorded("128-integration-403")})
    with pytest.raises(TokenError):
        tracker(hub).permission(REPO, BOT)


def test_permission__login_that_changed_hands__cannot_be_told() -> None:
    """Recording 055: the login belongs to another id, so its rights say nothing."""
    with replay("github/055-permission-admin"):
        found = tracker().permission("hub4j-test-org/test-permission", Account(1, "kohsuke"))
    assert found is Permission.UNKNOWN


PERMISSION = f"GET /repos/{REPO}/collaborators/dependabot%5Bbot%5D/permission"
BOT = Account(2, "dependabot[bot]")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (recorded("056-permission-write"), Permission.UNKNOWN),
        (reply({"permission": "write", "user": None}), Permission.WRITE),
        (reply({"permission": "triage"}), Permission.NO_WRITE),
        (reply({"permission": "brand-new"}), Permission.UNKNOWN),
        (recorded("130-repo-404"), Permission.NO_WRITE),
        (reply({"message": "no"}, 403), Permission.UNKNOWN),
    ],
)
def test_permission__other_answers__decide_nothing_they_do_not_say(
    answer: httpx.Response, expected: Permission
) -> None:
    """The path shows that a login is percent-encoded."""
    assert tracker(Hub(rest={PERMISSION: answer})).permission(REPO, BOT) is expected


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([recorded("115-limit-primary-403")], RateLimited),
        ([httpx.Response(404, html="<html>")], ServerFault),
        ([recorded("131-html-503") for _ in range(3)], ServerFault),
    ],
)
def test_permission__answer_that_is_none__is_raised(
    answers: list[httpx.Response], kind: type[Exception]
) -> None:
    """115 says "Must have push access" like 061, but the quota is spent."""
    with pytest.raises(kind):
        tracker(Hub(rest={PERMISSION: answers})).permission(REPO, BOT)


def test_permission__deleted_account__cannot_be_told_and_costs_nothing() -> None:
    hub = Hub()
    assert tracker(hub).permission(REPO, GHOST) is Permission.UNKNOWN
    assert hub.requests == 0


ARCHIVED = "hub4j-test-org/github-api"


def test_repository__unseen_one__is_asked_for() -> None:
    """Recording 137."""
    with replay("github/137-repo-archived") as cassette:
        found = tracker().repository(ARCHIVED)
    assert (found.id, found.name, found.archived) == (206888201, ARCHIVED, True)
    assert found.default_branch
    assert cassette.all_played


RENAMED = "octokit-fixture-org/tmp-scenario-rename-repository-20220719044033126-ukeod"


def test_repository__renamed_one__names_both_names() -> None:
    """Recordings 123 and 124: only the id is taken from the redirect, and asked for."""
    with (
        replay("github/123-repo-renamed-301", "github/124-repo-by-id-200") as cassette,
        pytest.raises(RepositoryMoved) as raised,
    ):
        tracker().repository(RENAMED)
    assert (raised.value.old, raised.value.new) == (RENAMED, f"{RENAMED}-newname")
    assert cassette.all_played


def test_repository__renamed_out_of_sight__is_moved_somewhere() -> None:
    hub = Hub(
        rest={
            f"GET /repos/{REPO}": recorded("123-repo-renamed-301"),
            "GET /repositories/515436299": recorded("130-repo-404"),
        }
    )
    with pytest.raises(RepositoryMoved) as raised:
        tracker(hub).repository(REPO)
    assert raised.value.new == ""


def test_repository__absent_one__is_not_found() -> None:
    """Recording 130."""
    with replay("github/130-repo-404") as cassette, pytest.raises(NotFound):
        tracker().repository("Alaurant/test-message")
    assert cassette.all_played


def test_repository__one_this_tick_has_read__costs_nothing() -> None:
    hub = Hub([data(i0=whole())])
    github = tracker(hub)
    github.reread(KEY)
    assert github.repository(REPO).id == 11
    assert hub.requests == 1


AT = datetime(2026, 5, 1, tzinfo=UTC)


def test_body_edits__issue__come_with_it() -> None:
    github = tracker(Hub())
    assert github.body_edits(an_issue(body_edits_known=True, body_edited_at=AT)) == (AT,)
    assert github.body_edits(an_issue(body_edits_known=True)) == ()
    assert github.body_edits(an_issue()) is None
