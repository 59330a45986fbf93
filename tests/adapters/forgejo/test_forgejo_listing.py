"""The search over each owner: what its items prove, and what they do not.

No recording has this search's exact query (both labels, ``state=all``), so recorded bodies are
played from a table.
"""

import json
from typing import Any

import httpx
import pytest
from support.forgejo import API, VERSIONS, Reply, Table, body_of, question, recorded, reply, tracker

from afk.adapters.forgejo.wire import WireIssue
from afk.config import Config
from afk.errors import Refused, TokenError, Unreachable
from afk.model.forge import IssueHead, Listing, RepositoryTrouble, Trouble
from afk.types import IssueKey

MAIN = "owner/api-main"
PRIVATE = "owner/api-priv"


def _search(owner: str = "owner", **params: Any) -> str:
    labels = "ready-for-agent,agent-in-progress,agent-tracked"
    fixed = {"labels": labels, "limit": 50, "owner": owner, "state": "all", "type": "issues"}
    return question("GET", f"{API}/repos/issues/search", **{**fixed, **params})


def _repository(name: str) -> str:
    return question("GET", f"{API}/repos/{name}")


def _listing(table: Table, *repos: str, config: Config | None = None) -> Listing:
    return tracker(table, config=config).listing(repos)


def _keys(listing: Listing) -> list[str]:
    return [str(head.key) for head in listing.heads]


def _item(version: str, repo: str, number: int, **changes: Any) -> dict[str, Any]:
    """Return a recorded item under another repository, number, state or set of labels."""
    item = json.loads(json.dumps(body_of(version, "024-search-owner-ready")[0]))
    item["repository"]["full_name"] = repo
    names = changes.pop("labels", ("ready-for-agent",))
    item["labels"] = [{"id": 6 + place, "name": name} for place, name in enumerate(names)]
    return {**item, "number": number, **changes}


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__one_owner__costs_one_request(version: str) -> None:
    table = Table({_search(): recorded(version, "024-search-owner-ready")})
    listing = _listing(table, MAIN, PRIVATE)
    assert _keys(listing) == [f"{PRIVATE}#1", f"{MAIN}#2", f"{MAIN}#1"]
    assert listing.heads[0] == IssueHead(IssueKey(PRIVATE, 1), ready=True, in_progress=False)
    assert listing.troubles == ()
    assert table.asked == [_search()]


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__nothing_ready__costs_one_request_per_owner(version: str) -> None:
    """An idle tick: an empty list proves nothing about labels or names."""
    empty = recorded(version, "022-list-nothing-matches")
    table = Table({_search(): empty, _search("apiorg"): empty})
    listing = _listing(table, MAIN, PRIVATE, "apiorg/api-org1", MAIN)
    assert listing == Listing()
    assert sorted(table.asked) == sorted([_search(), _search("apiorg")])


def test_listing__no_repositories__costs_nothing() -> None:
    table = Table({})
    assert _listing(table) == Listing()
    assert table.asked == []


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__labels_of_an_organisation_and_twins__are_all_found(version: str) -> None:
    table = Table({_search("apiorg"): recorded(version, "029-search-org")})
    listing = _listing(table, "apiorg/api-org1", "apiorg/api-org2")
    assert _keys(listing) == [
        "apiorg/api-org2#3",
        "apiorg/api-org2#2",
        "apiorg/api-org2#1",
        "apiorg/api-org1#1",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__neither_label_exists__is_said_and_nothing_is_listed(version: str) -> None:
    """Forgejo drops names it does not know from the filter: every issue comes back."""
    table = Table(
        {_search(labels="ready,busy,agent-tracked"): recorded(version, "025-search-unknown-label")}
    )
    config = Config(ready_label="ready", in_progress_label="busy")
    listing = _listing(table, MAIN, PRIVATE, config=config)
    assert listing.heads == ()
    assert listing.troubles == (
        Trouble(MAIN, RepositoryTrouble.NO_LABEL, "ready"),
        Trouble(PRIVATE, RepositoryTrouble.NO_LABEL, "ready"),
    )
    assert len(table.asked) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__neither_label_exists__further_pages_are_not_read(version: str) -> None:
    body = [_item(version, MAIN, number, labels=()) for number in range(50)]
    table = Table({_search(): reply(body, x_total_count="5000")})
    assert [one.kind for one in _listing(table, MAIN).troubles] == [RepositoryTrouble.NO_LABEL]
    assert table.asked == [_search()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("label", ["Ready-For-Agent", " ready-for-agent", "ready-for-agents", "6"])
def test_listing__another_spelling__is_another_label(version: str, label: str) -> None:
    body = [_item(version, MAIN, 1), _item(version, MAIN, 2, labels=(label,))]
    listing = _listing(Table({_search(): reply(body)}), MAIN)
    assert _keys(listing) == [f"{MAIN}#1"]
    assert listing.troubles == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__by_state_and_labels__keeps_what_can_matter(version: str) -> None:
    """Ready means open and ready; in progress counts in any state; closed and ready is past."""
    both = ("agent-in-progress", "ready-for-agent")
    body = [
        _item(version, MAIN, 1, state="closed"),
        _item(version, MAIN, 2, state="closed", labels=("agent-in-progress",)),
        _item(version, MAIN, 3, state="closed", labels=both),
        _item(version, MAIN, 4, labels=both),
        _item(version, MAIN, 5, pull_request={"merged": False}),
    ]
    listing = _listing(Table({_search(): reply(body)}), MAIN)
    assert listing.heads == (
        IssueHead(IssueKey(MAIN, 2), ready=False, in_progress=True, open=False),
        IssueHead(IssueKey(MAIN, 3), ready=False, in_progress=True, open=False),
        IssueHead(IssueKey(MAIN, 4), ready=True, in_progress=True),
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__more_than_a_page__reads_all_by_the_total(version: str) -> None:
    """The length of the first page counts, not the limit asked for: a server may lower it."""
    items = [_item(version, MAIN, number) for number in range(1, 6)]
    pages = [items[:2], items[2:4], items[4:]]
    table = Table(
        {
            _search(): reply(pages[0], x_total_count="5"),
            _search(page=2): reply(pages[1], x_total_count="5"),
            _search(page=3): reply(pages[2], x_total_count="5"),
        }
    )
    assert [head.key.number for head in _listing(table, MAIN).heads] == [1, 2, 3, 4, 5]
    assert len(table.asked) == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__recorded_page_of_many__asks_for_the_others_once(version: str) -> None:
    """033 has 10 of 532 items: 53 more pages, the recorded one in place of each."""
    page = recorded(version, "033-search-many-page-3")
    table = Table({_search(): page, **{_search(page=n): page for n in range(2, 55)}})
    assert len(_listing(table, "owner/api-p099").heads) == 2
    assert len(table.asked) == len(set(table.asked)) == 54


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__text_past_the_bound__is_not_kept(version: str) -> None:
    body = [_item(version, MAIN, 1, body="x" * 262_145), _item(version, MAIN, 2, body="x")]
    one, other = _listing(Table({_search(): reply(body)}), MAIN).heads
    assert isinstance(one.handle, WireIssue)
    assert isinstance(other.handle, WireIssue)
    assert (one.handle.body, one.handle.body_cut) == ("", True)
    assert (other.handle.body, other.handle.body_cut) == ("x", False)


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__renamed_repository__is_found_by_its_absence(version: str) -> None:
    """Its issues come under a name that is not in the allowlist, its old name answers a move."""
    listed = reply([_item(version, "owner/api-renamed", 1), _item(version, MAIN, 2)])
    moved = recorded(version, "123-renamed-repo-issues")
    present = reply({**body_of(version, "013-repo"), "full_name": "owner/api-renamed"})
    table = Table(
        {
            _search(): listed,
            _repository("owner/api-ren"): moved,
            _repository("owner/api-renamed"): present,
        }
    )
    listing = _listing(table, MAIN, "owner/api-ren")
    assert _keys(listing) == [f"{MAIN}#2"]
    assert listing.troubles == (
        Trouble("owner/api-ren", RepositoryTrouble.RENAMED, "owner/api-renamed"),
    )
    assert _repository(MAIN) not in table.asked


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__silent_repositories_beside_a_foreign_one__are_asked_for(version: str) -> None:
    table = Table(
        {
            _search(): reply([_item(version, "owner/not-ours", 1)]),
            _repository("owner/gone"): recorded(version, "007-no-such-repo"),
            _repository("owner/api-arch"): recorded(version, "132-archived-repo"),
            _repository(MAIN): recorded(version, "013-repo"),
            _repository("owner/API-main"): recorded(version, "013-repo"),
        }
    )
    listing = _listing(table, "owner/gone", "owner/api-arch", MAIN, "owner/API-main")
    assert listing.heads == ()
    assert listing.troubles == (
        Trouble("owner/gone", RepositoryTrouble.MISSING),
        Trouble("owner/api-arch", RepositoryTrouble.ARCHIVED),
        Trouble("owner/API-main", RepositoryTrouble.RENAMED, MAIN),
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__unknown_owner__its_repositories_are_missing(version: str) -> None:
    """The search answers 400; other owners are listed all the same."""
    gone = recorded(version, "007-no-such-repo")
    table = Table(
        {
            _search("nobody"): recorded(version, "028-search-unknown-owner"),
            _search(): recorded(version, "024-search-owner-ready"),
            _repository("nobody/one"): gone,
            _repository("nobody/two"): gone,
        }
    )
    listing = _listing(table, "nobody/one", MAIN, PRIVATE, "nobody/two")
    assert len(listing.heads) == 3
    assert listing.troubles == (
        Trouble("nobody/one", RepositoryTrouble.MISSING),
        Trouble("nobody/two", RepositoryTrouble.MISSING),
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__archived_repository__is_not_told_by_the_search(version: str) -> None:
    """Archived repositories are in the search and look like any other (128)."""
    table = Table({_search(): recorded(version, "128-search-with-archived")})
    listing = _listing(table, "owner/api-arch", MAIN)
    assert "owner/api-arch#1" in _keys(listing)
    assert listing.troubles == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__token_without_the_scope__names_it(version: str) -> None:
    table = Table({_search(): recorded(version, "178-scope-missing-read-issue")})
    with pytest.raises(TokenError, match="read:issue"):
        _listing(table, MAIN)


def test_listing__other_refusal__is_raised() -> None:
    with pytest.raises(Refused):
        _listing(Table({_search(): reply({"message": "no"}, 422)}), MAIN)


def test_listing__server_down__is_raised_after_three_tries() -> None:
    table = Table({_search(): Reply(error=httpx.ConnectError("refused"))})
    with pytest.raises(Unreachable):
        _listing(table, MAIN)
    assert len(table.asked) == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_listing__an_issue_past_the_bound__is_left_out_and_the_rest_found(version: str) -> None:
    """A stranger's issue of 20 MB must not hide the others: the page is asked in smaller ones."""
    small = [_item(version, MAIN, number) for number in range(1, 51)]
    small[12] = _item(version, MAIN, 13, body="x" * 600_000)
    small[13] = _item(version, MAIN, 14, body="x" * 300_000)
    rows: dict[str, Reply | list[Reply]] = {
        _search(): reply(small, x_total_count="60"),
        _search(page=2): reply(
            [_item(version, MAIN, number) for number in range(51, 61)], x_total_count="60"
        ),
        _search(limit=1, page=1_000_000): reply([], x_total_count="60"),
        _search(limit=10): reply(small[:10], x_total_count="60"),
    }
    for page in range(2, 6):
        rows[_search(limit=10, page=page)] = reply(small[page * 10 - 10 : page * 10])
    for number in range(11, 21):
        rows[_search(limit=1, page=number)] = reply([small[number - 1]])
    table = Table(rows)
    listing = tracker(table, max_body=150_000).listing([MAIN])
    numbers = sorted(head.key.number for head in listing.heads)
    assert numbers == [number for number in range(1, 61) if number != 13]
    cut = [head.handle for head in listing.heads if head.key.number == 14]
    assert [isinstance(one, WireIssue) and one.body_cut for one in cut] == [True]
    assert len(table.asked) == 1 + 1 + 5 + 10 + 1
