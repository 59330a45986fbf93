"""The search over an owner with more issues than are read: what is found all the same."""

import json
from typing import Any

import pytest
from support.forgejo import API, VERSIONS, Reply, Table, body_of, question, recorded, reply, tracker

from afk.model.forge import Listing, RepositoryTrouble, Trouble

MAIN = "owner/api-main"
PRIVATE = "owner/api-priv"
READY, BUSY = "ready-for-agent", "agent-in-progress"


def _search(owner: str = "owner", **params: Any) -> str:
    labels = "ready-for-agent,agent-in-progress,agent-tracked"
    fixed = {"labels": labels, "limit": 50, "owner": owner, "state": "all", "type": "issues"}
    return question("GET", f"{API}/repos/issues/search", **{**fixed, **params})


def _listing(table: Table, *repos: str) -> Listing:
    return tracker(table).listing(repos)


def _keys(listing: Listing) -> list[str]:
    return [str(head.key) for head in listing.heads]


def _item(version: str, repo: str, number: int, **changes: Any) -> dict[str, Any]:
    """Return a recorded item under another repository, number, state or set of labels."""
    item = json.loads(json.dumps(body_of(version, "024-search-owner-ready")[0]))
    item["repository"]["full_name"] = repo
    names = changes.pop("labels", ("ready-for-agent",))
    item["labels"] = [{"id": 6 + place, "name": name} for place, name in enumerate(names)]
    return {**item, "number": number, **changes}


def _crowd(version: str, busy: Reply | list[Reply]) -> Table:
    """One owner with 2,001 ready issues, 40 pages of which are read, and these in progress."""
    page = [_item(version, MAIN, number) for number in range(100, 150)]
    many = reply(page, x_total_count="2001")
    ready = {_search(labels=READY, state="open", page=number): many for number in range(2, 41)}
    rows: dict[str, Reply | list[Reply]] = {
        _search(): many,
        _search(labels=BUSY): busy,
        _search(labels="agent-tracked"): reply([], x_total_count="0"),
        _search(labels=READY, state="open"): many,
        **ready,
    }
    return Table(rows)


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__past_two_thousand_items__finds_what_is_in_progress(version: str) -> None:
    """Anybody can open ready issues in bulk: no run is hidden, and the newest are taken on."""
    run = _item(version, MAIN, 7, state="closed", labels=(BUSY,))
    table = _crowd(version, reply([run], x_total_count="1"))
    listing = _listing(table, MAIN, PRIVATE)
    numbers = {head.key.number for head in listing.heads}
    assert numbers == {7, *range(100, 150)}
    assert [head.in_progress for head in listing.heads if head.key.number == 7] == [True]
    assert listing.troubles == tuple(
        Trouble(name, RepositoryTrouble.TOO_MANY, f"owner has 2001 issues labelled {READY}")
        for name in (MAIN, PRIVATE)
    )
    assert len(table.asked) == len(set(table.asked)) == 1 + 2 + 40


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__past_two_thousand_items__other_owners_are_not_concerned(version: str) -> None:
    table = _crowd(version, recorded(version, "022-list-nothing-matches"))
    table.rows = {**table.rows, _search("apiorg"): recorded(version, "029-search-org")}
    listing = _listing(table, MAIN, "apiorg/api-org1", "apiorg/api-org2")
    assert [one.repo for one in listing.troubles] == [MAIN]
    assert "apiorg/api-org1#1" in _keys(listing)


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__past_two_thousand_closed_items__are_no_trouble(version: str) -> None:
    """Closed issues that kept the ready label are past: without them there are few."""
    run = _item(version, MAIN, 7, labels=(BUSY, READY))
    few = reply([run], x_total_count="1")
    past = reply([_item(version, MAIN, 1, state="closed")], x_total_count="2001")
    rows = {
        _search(): past,
        _search(labels=BUSY): few,
        _search(labels="agent-tracked"): few,
        _search(labels=READY, state="open"): few,
    }
    table = Table(rows)
    listing = _listing(table, MAIN)
    assert _keys(listing) == [f"{MAIN}#7"]
    assert listing.troubles == ()
    assert len(table.asked) == 4


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__past_two_thousand_without_the_other_label__believes_no_filter(
    version: str,
) -> None:
    """A label that exists nowhere is dropped from the filter: every issue comes back."""
    all_issues = reply([_item(version, MAIN, 1, labels=())], x_total_count="9000")
    listing = _listing(_crowd(version, all_issues), MAIN)
    assert {head.key.number for head in listing.heads} == set(range(100, 150))
    assert [one.detail for one in listing.troubles] == [f"owner has 2001 issues labelled {READY}"]
