"""What an issue waits for: GitHub's own relations, its text, its sub-issues.

The GraphQL answers rest on the schema, ``blockedBy`` on what public clients ask for: the
published schema is older.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from support.github import (
    KEY,
    REPO,
    Data,
    Hub,
    data,
    home,
    issue,
    page,
    problem,
    recorded,
    reply,
    tracker,
    whole,
)

from afk.model.forge import IssueHead
from afk.types import Blocker, Issue, IssueKey

OTHER = IssueKey("acme/lib", 5)


def _head(number: int = 7, *named: IssueKey) -> IssueHead:
    return IssueHead(IssueKey(REPO, number), ready=True, in_progress=False, handle=named)


def _one(hub: Hub, head: IssueHead | None = None) -> Issue:
    (found,) = tracker(hub).read([head or _head()]).values()
    return found


def _state(kind: str, state: str) -> Data:
    field = "issue" if kind == "Issue" else "pull"
    return {"issueOrPullRequest": {"__typename": kind, field: state}}


def test_read__native_blockers__count_as_open_unless_seen_closed() -> None:
    def native(number: int, state: str) -> Data:
        return {"number": number, "state": state, "repository": {"nameWithOwner": "acme/lib"}}

    shown = page(native(1, "OPEN"), native(2, "CLOSED"), None, more="c")
    hub = Hub([data(i0=whole(blockedBy=shown, subIssuesSummary={"total": 3, "completed": 2}))])
    assert set(_one(hub).blockers) == {
        Blocker("acme/lib#1", closed=False),
        Blocker("acme/lib#2", closed=True),
        Blocker("an issue out of this token's sight", closed=False),
        Blocker("more blockers than afk reads", closed=False),
        Blocker("open sub-issues", closed=False),
    }


@pytest.mark.parametrize(
    ("state", "closed"),
    [
        (_state("Issue", "CLOSED"), True),
        (_state("Issue", "OPEN"), False),
        (_state("PullRequest", "MERGED"), True),
        (_state("PullRequest", "CLOSED"), True),
        (_state("PullRequest", "OPEN"), False),
    ],
)
def test_read__announced_text_blocker__costs_no_further_request(
    state: Data, *, closed: bool
) -> None:
    hub = Hub([data(i0=whole(body="Blocked by acme/lib#5"), b0=state)])
    assert _one(hub, _head(7, OTHER)).blockers == (Blocker("acme/lib#5", closed),)
    assert hub.requests == 1


@pytest.mark.parametrize("path", [("b0",), ("b0", "issueOrPullRequest")])
def test_read__text_blocker_out_of_sight__counts_as_open(path: tuple[str, ...]) -> None:
    shown = None if len(path) == 1 else {"issueOrPullRequest": None}
    answered = data(i0=whole(body="Blocked by acme/lib#5"), b0=shown)
    hub = Hub([{**answered, "errors": [problem("NOT_FOUND", *path)]}])
    assert _one(hub, _head(7, OTHER)).blockers == (Blocker("acme/lib#5", closed=False),)


def test_read__text_blocker_nobody_announced__is_asked_afterwards() -> None:
    hub = Hub([data(i0=whole(body="Blocked by #5")), data(b0=_state("Issue", "CLOSED"))])
    assert _one(hub).blockers == (Blocker("acme/app#5", closed=True),)
    assert hub.requests == 2


def test_read__too_many_text_blockers__are_not_all_asked_about() -> None:
    body = "Blocked by " + ", ".join(f"#{number}" for number in range(100, 160))
    states = {f"b{number}": _state("Issue", "CLOSED") for number in range(50)}
    hub = Hub([data(i0=whole(body=body)), data(**states)])
    found = _one(hub).blockers
    assert len(found) == 51
    assert Blocker("more blockers than afk reads", closed=False) in found


UNKNOWN_FIELDS: Mapping[str, Any] = {
    "errors": [
        {"message": f"Field '{name}' doesn't exist on type 'Issue'", "path": ["fragment Facts"]}
        for name in ("subIssuesSummary", "blockedBy")
    ]
}


def _old(number: int) -> Data:
    shown = issue(number)
    del shown["blockedBy"], shown["subIssuesSummary"]
    return {**home(), "issue": shown}


BLOCKED_BY = f"GET /repos/{REPO}/issues/7/dependencies/blocked_by?per_page=100&page=1"


def test_read__server_without_the_newer_fields__asks_rest_for_blockers() -> None:
    blocker = {"number": 3, "state": "open", "repository_url": "https://h/repos/acme/lib"}
    solved = {"number": 4, "state": "closed", "repository_url": "https://h/repos/acme/lib"}
    hub = Hub([dict(UNKNOWN_FIELDS), data(i0=_old(7))], {BLOCKED_BY: reply([blocker, solved])})
    assert _one(hub).blockers == (
        Blocker("acme/lib#3", closed=False),
        Blocker("acme/lib#4", closed=True),
    )
    assert "blockedBy" not in hub.queries[1]["query"]
    assert "subIssuesSummary" not in hub.queries[1]["query"]


def test_read__server_without_dependencies__is_asked_for_them_once() -> None:
    hub = Hub(
        [dict(UNKNOWN_FIELDS), data(i0=_old(7), i1=_old(8)), data(i0=_old(7))],
        {
            BLOCKED_BY: recorded("130-repo-404"),
            BLOCKED_BY.replace("/7/", "/8/"): recorded("130-repo-404"),
        },
    )
    github = tracker(hub)
    assert [one.blockers for one in github.read([_head(7), _head(8)]).values()] == [(), ()]
    asked = len(hub.asked)
    assert github.reread(KEY) is not None
    assert len(hub.asked) == asked
    assert len(hub.queries) == 3
