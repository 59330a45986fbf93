"""Comments, an issue's state, a repository's labels: by recordings where they are recorded."""

import pytest
from support.cassettes import load, replay
from support.github import REPO, Hub, a_comment, an_issue, data, recorded, reply, tracker

from afk.errors import Refused, TokenError, UserMustFix
from afk.ports import CloseResult
from afk.types import Account, AccountKind, Repository

READY = "ready-for-agent"
ME = {"login": "afk[bot]", "databaseId": 5}


LIST = f"GET /repos/{REPO}/labels?per_page=100&page="
CREATE = f"POST /repos/{REPO}/labels"


def test_ensure_labels__missing_one__is_created() -> None:
    """Recordings 040 and 041."""
    hub = Hub(rest={f"{LIST}1": recorded("040-labels-list"), CREATE: recorded("041-label-create")})
    tracker(hub).ensure_labels(REPO, ["bug", "test-label", "test-label"])
    assert hub.asked == [f"{LIST}1", CREATE]
    recorded_body = load("github/041-label-create")[0]["request"]["body"]
    assert hub.bodies[1] == recorded_body


def test_ensure_labels__one_that_is_there_in_another_case__a_person_must_fix_it() -> None:
    """To GitHub it is the same label, which afk would look for in vain on every issue."""
    hub = Hub(rest={f"{LIST}1": reply([{"name": "Ready-for-Agent"}])})
    with pytest.raises(UserMustFix) as caught:
        tracker(hub).ensure_labels(REPO, [READY])
    assert f"'Ready-for-Agent', but not '{READY}'" in caught.value.what
    assert "rename" in caught.value.next_step
    assert hub.requests == 1


def test_ensure_labels__long_list__is_read_to_its_end() -> None:
    """Link also carries what is no paging (013): only rel="next" counts."""
    more = '<https://h/deprecated>; rel="deprecation", <https://h/x?page=2>; rel="next"'
    last = '<https://h/deprecated>; rel="deprecation"'
    hub = Hub(
        rest={
            f"{LIST}1": reply([{"name": "a"}], link=more),
            f"{LIST}2": reply([{"name": READY}], link=last),
        }
    )
    tracker(hub).ensure_labels(REPO, [READY])
    assert hub.requests == 2


def test_ensure_labels__created_meanwhile__is_no_error() -> None:
    """The shape of recording 043."""
    exists = recorded("043-release-create-422-already-exists")
    hub = Hub(rest={f"{LIST}1": reply([]), CREATE: exists})
    tracker(hub).ensure_labels(REPO, [READY])
    assert hub.requests == 2


def test_ensure_labels__refused_one__is_raised() -> None:
    """Recording 042."""
    invalid = recorded("042-label-create-422-invalid")
    hub = Hub(rest={f"{LIST}1": reply([]), CREATE: invalid})
    with pytest.raises(Refused, match="Validation Failed"):
        tracker(hub).ensure_labels(REPO, [READY])


def test_create_comment__answer__is_the_comment() -> None:
    """Recording 050."""
    issue = an_issue(repo=Repository(1, "hub4j-test-org/GHIssueTest"), number=15)
    with replay("github/050-comment-create") as cassette:
        found = tracker().create_comment(issue, "First comment")
    assert (found.id, found.body) == (1254853505, "First comment")
    assert found.author == Account(412878, "yrodiere")
    assert found.edited_by is None
    assert cassette.all_played


def test_create_comment__by_an_app__is_a_bots() -> None:
    """Recording 051."""
    repo = Repository(1, "mergifyio-testing/functional-testing-repo")
    issue = an_issue(repo=repo, number=6809)
    with replay("github/051-comment-create-bot") as cassette:
        found = tracker().create_comment(issue, "@mergifyio refresh")
    assert found.author == Account(38500045, "mergify-test[bot]", AccountKind.BOT)
    assert cassette.all_played


def test_edit_comment__answer__is_edited_by_ourselves() -> None:
    """Recording 052."""
    path = f"PATCH /repos/{REPO}/issues/comments/255559982"
    hub = Hub([data(viewer=ME)], {path: recorded("052-comment-edit")})
    found = tracker(hub).edit_comment(an_issue(), a_comment(255559982), "A test comment update")
    assert found.updated_at > found.created_at
    assert found.edited_by == Account(5, "afk[bot]", AccountKind.BOT)
    assert hub.bodies == [{"body": "A test comment update"}]


@pytest.mark.parametrize("name", ["053-comment-delete", "012-issue-get-404"])
def test_delete_comment__there_or_gone__is_no_error(name: str) -> None:
    hub = Hub(rest={f"DELETE /repos/{REPO}/issues/comments/5": recorded(name)})
    tracker(hub).delete_comment(an_issue(), a_comment(5))
    assert hub.requests == 1


ISSUE = f"PATCH /repos/{REPO}/issues/7"


def test_close__open_issue__is_completed() -> None:
    """Recording 015's answer; 016 shows that a reason may be sent along."""
    hub = Hub(rest={ISSUE: recorded("015-issue-close-2026")})
    assert tracker(hub).close(an_issue()) is CloseResult.CLOSED
    assert hub.bodies == [{"state": "closed", "state_reason": "completed"}]


def test_reopen__closed_issue__is_open() -> None:
    """Recording 017's answer."""
    hub = Hub(rest={ISSUE: recorded("017-issue-reopen")})
    tracker(hub).reopen(an_issue(open=False))
    assert hub.bodies == [{"state": "open"}]


def test_close_and_reopen__as_wanted_already__cost_nothing() -> None:
    hub = Hub()
    assert tracker(hub).close(an_issue(open=False)) is CloseResult.CLOSED
    tracker(hub).reopen(an_issue())
    assert hub.requests == 0


def test_close__answer_still_open__is_refused() -> None:
    hub = Hub(rest={ISSUE: recorded("017-issue-reopen")})
    with pytest.raises(Refused, match="still open"):
        tracker(hub).close(an_issue())


def test_close__without_the_right__is_a_token_error() -> None:
    """Recording 019."""
    hub = Hub(rest={ISSUE: recorded("019-issue-patch-403-admin")})
    with pytest.raises(TokenError):
        tracker(hub).close(an_issue())
