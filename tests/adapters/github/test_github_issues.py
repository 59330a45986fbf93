"""Whole issues. Their GraphQL answers rest on the schema; no recording shows one."""

from datetime import UTC, datetime

import httpx
import pytest
from support.github import (
    KEY,
    REPO,
    Data,
    Hub,
    data,
    happened,
    home,
    page,
    problem,
    recorded,
    reply,
    said,
    tracker,
    who,
    whole,
)

from afk.errors import NotFound, Refused, RepositoryMoved, ServerFault, TokenError
from afk.model.forge import IssueHead
from afk.types import GHOST, Account, EventKind, Issue, IssueKey


def _head(number: int = 7) -> IssueHead:
    return IssueHead(IssueKey(REPO, number), ready=True, in_progress=False)


def _one(hub: Hub) -> Issue:
    (found,) = tracker(hub).read([_head()]).values()
    return found


def test_read__no_heads__costs_nothing() -> None:
    hub = Hub()
    assert tracker(hub).read([]) == {}
    assert hub.requests == 0


def test_read__issue__carries_everything_that_decides() -> None:
    edited = "2026-05-01T11:00:00Z"
    comment = said(5_000_000_000, editor=who("eve", 9), lastEditedAt=edited)
    hub = Hub(
        [
            data(
                i0=whole(
                    lastEditedAt=edited,
                    locked=True,
                    timelineItems=page(
                        happened(), happened("ClosedEvent", closer={"oid": "c" * 40})
                    ),
                    comments=page(comment, said(2, author=None)),
                )
            )
        ]
    )
    found = _one(hub)
    assert found.key == KEY
    assert found.repo.id == 11
    assert found.repo.default_branch == "main"
    assert (found.open, found.locked, found.is_pull) == (True, True, False)
    assert found.has_label("ready-for-agent")
    assert found.author == Account(1, "ann")
    assert found.body_edits_known
    assert found.body_edited_at == datetime(2026, 5, 1, 11, tzinfo=UTC)
    assert [(one.kind, one.order, one.commit) for one in found.events] == [
        (EventKind.LABELED, 0, ""),
        (EventKind.CLOSED, 1, "c" * 40),
    ]
    first, second = found.comments
    assert first.id == 5_000_000_000
    assert first.edited_by == Account(9, "eve")
    assert first.updated_at == found.body_edited_at
    assert second.author == GHOST
    assert second.edited_by is None
    assert found.oversized == ""
    assert hub.requests == 1


def test_read__37_issues__cost_one_request() -> None:
    heads = [_head(number) for number in range(37)]
    hub = Hub([data(**{f"i{number}": whole(number) for number in range(37)})])
    assert len(tracker(hub).read(heads)) == 37
    assert hub.requests == 1


def test_read__38_issues__cost_two_requests() -> None:
    def answered(variables: Data) -> Data:
        numbers = [value for name, value in variables.items() if name != "v0" and _is_int(value)]
        return data(**{f"i{place}": whole(number) for place, number in enumerate(numbers)})

    heads = [_head(number) for number in range(38)]
    hub = Hub([answered, answered])
    assert [key.number for key in tracker(hub).read(heads)] == list(range(38))
    assert hub.requests == 2


def _is_int(value: object) -> bool:
    return isinstance(value, int)


def test_read__gone_or_transferred_issue__is_absent() -> None:
    """GraphQL says NOT_FOUND for both; a foreign repository's issue would be one more sign."""
    gone: Data = {**home(), "issue": None}
    hub = Hub(
        [
            {
                **data(i0=gone, i1=whole(8, repository={"databaseId": 12}), i2=whole(9)),
                "errors": [problem("NOT_FOUND", "i0", "issue")],
            }
        ]
    )
    found = tracker(hub).read([_head(7), _head(8), _head(9)])
    assert [key.number for key in found] == [9]


def test_read__later_pages__are_all_read_in_order() -> None:
    def events(variables: Data) -> Data:
        assert (variables["id"], variables["after"], variables["page"]) == ("I_7", "e1", 100)
        return data(node={"timelineItems": page(happened("ClosedEvent"))})

    def comments(variables: Data) -> Data:
        more = {"c1": "c2", "c2": ""}[variables["after"]]
        return data(node={"comments": page(said(int(variables["after"][1])), more=more)})

    hub = Hub(
        [
            data(
                i0=whole(
                    timelineItems=page(happened(), more="e1"), comments=page(said(9), more="c1")
                )
            ),
            events,
            comments,
            comments,
        ]
    )
    found = _one(hub)
    assert [(one.kind, one.order) for one in found.events] == [
        (EventKind.LABELED, 0),
        (EventKind.CLOSED, 1),
    ]
    assert [one.id for one in found.comments] == [9, 1, 2]
    assert found.oversized == ""


@pytest.mark.parametrize(
    ("field", "words"), [("timelineItems", "timeline events"), ("comments", "comments")]
)
def test_read__list_without_end__is_oversized(field: str, words: str) -> None:
    endless = page(happened() if field == "timelineItems" else said(), more="c")
    hub = Hub([data(i0=whole(7, **{field: endless})), *([data(node={field: endless})] * 9)])
    assert f"more than 10 {words}" in _one(hub).oversized
    assert hub.requests == 10


def test_read__timeline__leaves_out_references() -> None:
    """Commits in anybody's fork make them: enough of them would fill the bound."""
    first, second = page(happened(), more="c"), page(happened())
    hub = Hub([data(i0=whole(timelineItems=first)), data(node={"timelineItems": second})])
    assert len(_one(hub).events) == 2
    for asked in hub.queries:
        assert "LABELED_EVENT" in asked["query"]
        assert "REFERENCED_EVENT" not in asked["query"]


def test_read__issue_deleted_between_pages__is_absent() -> None:
    gone = {**data(node=None), "errors": [problem("NOT_FOUND", "node")]}
    hub = Hub([data(i0=whole(comments=page(said(), more="c1"))), gone])
    assert tracker(hub).read([_head()]) == {}


def _huge(number: int) -> Data:
    return whole(number, comments=page(said(body="x" * 50_000)))


def test_read__answer_too_large__is_asked_in_smaller_pages_then_oversized() -> None:
    """A stranger's flood of comments must not hide the other issues."""

    def pages(variables: Data) -> Data:
        size = variables["v0"]
        return data(i0=_huge(7) if size > 1 else whole(7, comments=page(said(), more="c1")))

    flood: Data = data(node={"comments": page(said(body="x" * 50_000), more="c2")})
    hub = Hub([data(i0=whole(8), i1=_huge(7)), data(i0=whole(8)), pages, pages, pages, flood])
    found = tracker(hub, max_body=20_000).read([_head(8), _head(7)])
    assert found[IssueKey(REPO, 8)].oversized == ""
    assert "huge" in found[KEY].oversized
    assert [one["variables"].get("v0") for one in hub.queries] == [100, 100, 100, 10, 1, None]


def test_read__slow_query__is_asked_in_quarters() -> None:
    """GitHub gives up after 10 s with a 502; `Http` has tried three times by then."""
    slow = [httpx.Response(502, json={"message": "timeout"})] * 3
    parts = [data(i0=whole(number)) for number in range(4)]
    hub = Hub([*slow, *parts])
    assert len(tracker(hub).read([_head(number) for number in range(4)])) == 4
    assert hub.requests == 7


def test_read__renamed_repository__is_raised() -> None:
    """Recordings 123 and 124."""
    old = "octokit-fixture-org/tmp-scenario-rename-repository-20220719044033126-ukeod"
    hub = Hub(
        [{**data(i0=None), "errors": [problem("NOT_FOUND", "i0")]}],
        {
            f"GET /repos/{old}": recorded("123-repo-renamed-301"),
            "GET /repositories/515436299": recorded("124-repo-by-id-200"),
        },
    )
    with pytest.raises(RepositoryMoved) as raised:
        tracker(hub).reread(IssueKey(old, 7))
    assert raised.value.new == f"{old}-newname"


def test_read__repository_in_another_case__is_raised() -> None:
    hub = Hub([data(i0={**whole(), "nameWithOwner": "Acme/App"})])
    with pytest.raises(RepositoryMoved, match="Acme/App"):
        tracker(hub).reread(KEY)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (recorded("130-repo-404"), NotFound),
        (reply({"id": 11, "full_name": REPO}), ServerFault),
    ],
)
def test_read__repository_graphql_does_not_show__is_never_an_absent_issue(
    answer: httpx.Response, kind: type[Exception]
) -> None:
    hub = Hub(
        [{**data(i0=None), "errors": [problem("NOT_FOUND", "i0")]}],
        {f"GET /repos/{REPO}": answer},
    )
    with pytest.raises(kind):
        tracker(hub).reread(KEY)


def test_read__field_the_token_may_not_read__is_raised() -> None:
    entry = problem("FORBIDDEN", "i0", "issue", message="Resource not accessible by integration")
    hub = Hub([{**data(i0={**home(), "issue": None}), "errors": [entry]}])
    with pytest.raises(TokenError, match="issues: read"):
        tracker(hub).reread(KEY)


def test_reread__issue__is_asked_anew_each_time() -> None:
    hub = Hub([data(i0=whole()), data(i0=whole(state="CLOSED"))])
    github = tracker(hub)
    first, second = github.reread(KEY), github.reread(KEY)
    assert first is not None
    assert second is not None
    assert (first.open, second.open) == (True, False)


def test_reread__comments_are_selected_behind_the_issue_itself() -> None:
    """Else another tick's comment could look older than an edit it answers."""
    hub = Hub([data(i0=whole())])
    tracker(hub).reread(KEY)
    text = hub.queries[0]["query"]
    facts = text[text.index("fragment Facts") :]
    assert facts.index("lastEditedAt") < facts.index("timelineItems") < facts.index("comments(")


def test_read__query_refused_for_another_reason__is_raised() -> None:
    """Recording 155: the variables did not fit."""
    hub = Hub([recorded("155-graphql-missing-variable")])
    with pytest.raises(Refused):
        tracker(hub).reread(KEY)
    assert hub.requests == 1
