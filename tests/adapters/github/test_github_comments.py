"""Reading one comment again: by the node id it came with."""

from support.github import (
    KEY,
    NOW,
    REPO,
    Hub,
    a_comment,
    an_issue,
    data,
    page,
    problem,
    recorded,
    said,
    tracker,
    who,
    whole,
)

from afk.types import Account


def test_read_comment__standing_one__is_as_it_is_now() -> None:
    shown = said(5, body="new", editor=who("eve", 9), lastEditedAt=NOW)
    hub = Hub([data(i0=whole(comments=page(said(5)))), data(node=shown)])
    github = tracker(hub)
    issue = github.reread(KEY)
    assert issue is not None
    found = github.read_comment(issue, issue.comments[0])
    assert found is not None
    assert (found.body, found.edited_by) == ("new", Account(9, "eve"))
    assert hub.queries[1]["variables"] == {"id": "IC_5"}
    assert hub.asked == []


def test_read_comment__just_posted__its_node_came_with_the_answer() -> None:
    """Recording 050."""
    path = f"POST /repos/{REPO}/issues/7/comments"
    hub = Hub([data(node=said(5))], {path: recorded("050-comment-create")})
    github = tracker(hub)
    posted = github.create_comment(an_issue(), "First comment")
    assert github.read_comment(an_issue(), posted) is not None
    assert hub.queries[0]["variables"] == {"id": "IC_kwDOIC5ExM5Ky4uB"}
    assert hub.asked == [path]


def test_read_comment__deleted_one__is_none() -> None:
    gone = {**data(node=None), "errors": [problem("NOT_FOUND", "node")]}
    hub = Hub([data(i0=whole(comments=page(said(5)))), gone])
    github = tracker(hub)
    github.reread(KEY)
    assert github.read_comment(an_issue(), a_comment(5)) is None
