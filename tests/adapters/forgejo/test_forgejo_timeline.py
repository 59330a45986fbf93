"""Timelines past the bound on what is read: what is still found, and where the search ends."""

from collections.abc import Sequence

import httpx
import pytest
from support.forgejo import API, VERSIONS, Table, body_of, question, recorded, reply, tracker

from afk.adapters.forgejo.wire import ISSUE
from afk.model.forge import IssueHead
from afk.types import Issue

TIMELINE = f"{API}/repos/owner/api-main/issues/25/timeline"


class Timelines(httpx.BaseTransport):
    """Answers one timeline: whole, or in pages whose hidden entries are left out (099).

    Its entries are given as the numbers of their characters; 0 is one hidden from the token.
    """

    def __init__(self, version: str, sizes: Sequence[int]) -> None:
        entry = body_of(version, "121-timeline-deleted-actor")[0]
        self.entries = [
            {**entry, "id": number, "type": "comment", "body": "x" * size} if size else None
            for number, size in enumerate(sizes, 1)
        ]
        self.asked: list[tuple[int, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        limit, page = int(params.get("limit", "0")), int(params.get("page", "0"))
        self.asked.append((limit, page))
        first = (page - 1) * limit
        shown = self.entries[first : first + limit] if page else self.entries
        given = reply([one for one in shown if one] or None)
        return httpx.Response(200, headers=dict(given.headers), content=given.body)


def _read(transport: httpx.BaseTransport, version: str, *, max_body: int) -> Issue:
    """Read a recorded issue with this bound on its timeline."""
    item = ISSUE.validate_python(body_of(version, "103-issue-locked"))
    head = IssueHead(item.key, ready=True, in_progress=False, handle=item)
    return tracker(transport, max_body=max_body).read([head])[head.key]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__timeline_past_the_bound__is_read_without_what_is_huge(version: str) -> None:
    """A stranger can post a comment of 20 MB: our own record has to be found all the same."""
    transport = Timelines(version, [10, 20_000, 30])
    issue = _read(transport, version, max_body=16_000)
    assert issue.oversized == "its timeline exceeds 16000 bytes"
    assert [(one.id, len(one.body)) for one in issue.comments] == [(1, 10), (3, 30)]
    assert transport.asked[:2] == [(0, 0), (50, 1)]
    assert [one for one in transport.asked if one[0] == 1] == [(1, n) for n in range(1, 11)]
    assert transport.asked[-1] == (50, 11)
    assert len(transport.asked) == len(set(transport.asked)) == 1 + 1 + 5 + 10 + 10


@pytest.mark.parametrize("version", VERSIONS)
def test_read__timeline_past_the_bound__pages_of_hidden_entries_are_passed(version: str) -> None:
    """They are ``null``, in the middle as behind the end."""
    sizes = [10, *([0] * 160), *([100] * 50), 90_000, *([0] * 220), 20]
    issue = _read(Timelines(version, sizes), version, max_body=80_000)
    assert [one.id for one in issue.comments] == [1, *range(162, 212), len(sizes)]


@pytest.mark.parametrize("version", VERSIONS)
def test_read__flood_of_huge_entries__ends_at_the_bounds(version: str) -> None:
    """Four times the bound in all, an eighth of it each: what came first is what was found."""
    transport = Timelines(version, [10, *([3_000] * 500)])
    issue = _read(transport, version, max_body=16_000)
    assert [one.id for one in issue.comments] == [1]
    assert len(transport.asked) <= 1 + 4 * 8 + 1


@pytest.mark.parametrize("version", VERSIONS)
def test_read__pages_without_end__are_read_up_to_a_bound(version: str) -> None:
    transport = Timelines(version, [1, *([0] * 49)] * 310)
    issue = _read(transport, version, max_body=150_000)
    assert transport.asked[1:] == [(50, page) for page in range(1, 301)]
    assert len(issue.comments) == 300


@pytest.mark.parametrize("version", VERSIONS)
def test_read__gone_between_pieces__has_nothing_more(version: str) -> None:
    """Whoever acts on it reads it again before."""
    gone = recorded(version, "119-issue-deleted-get")
    pages = {question("GET", TIMELINE, limit=50, page=number): gone for number in range(1, 11)}
    table = Table({question("GET", TIMELINE): reply([{"body": "x" * 5_000}]), **pages})
    issue = _read(table, version, max_body=4_000)
    assert (issue.events, issue.comments) == ((), ())
    assert len(table.asked) == 1 + 10
