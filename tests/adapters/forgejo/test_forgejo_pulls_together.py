"""Several pull requests of a repository: found in one list, or asked for one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from support.forgejo import API, Reply, Table, reply
from support.forgejo_pulls import body, listing, path_of, pulls, told

from afk.ports.landing import PullQuery

OPEN = "007-get-later"
REPO = "owner/lp1"
LP1 = f"{API}/repos/{REPO}"
HEAD = "afk/7-abcd1234"
PULL = body(OPEN)
OPENED = datetime.fromisoformat(PULL["created_at"])
DATE = "Mon, 30 Nov 2026 12:00:00 GMT"
LIST = listing(LP1, state="all")


def _pull(number: int, head: str = "", **changes: Any) -> Any:
    end = {**PULL["head"], "label": head or f"afk/{number}-x", "ref": head or f"afk/{number}-x"}
    return {**PULL, "number": number, "head": end, **changes}


def _page(*rows: Any, total: int | None = None) -> Reply:
    return reply(list(rows), x_total_count=str(len(rows) if total is None else total), date=DATE)


def _numbers(found: Any) -> list[int]:
    return [one.number for one in found]


def test_read__by_number__one_list_for_all_as_if_asked_one_by_one() -> None:
    queries = [PullQuery(REPO, HEAD, 3), PullQuery(REPO, "afk/9-x", 9)]
    table = Table({LIST: _page(_pull(9), PULL)})

    found = pulls(table).read(queries)

    (alone,) = pulls(Table({f"GET {path_of(OPEN)}": told(OPEN)})).read(queries[:1])[queries[0]]
    assert found[queries[0]] == [alone]
    assert alone.mark
    assert _numbers(found[queries[1]]) == [9]
    assert table.asked == [LIST]


def test_read__one_that_is_older_than_the_page__asked_for_by_itself() -> None:
    queries = [PullQuery(REPO, HEAD, 3), PullQuery(REPO, "afk/9-x", 9)]
    table = Table({LIST: _page(_pull(9), total=60), f"GET {path_of(OPEN)}": told(OPEN)})

    found = pulls(table).read(queries)

    assert [_numbers(found[one]) for one in queries] == [[3], [9]]
    assert len(table.asked) == 2


def test_read__listed_within_the_second_it_moved__is_read_whole_next_time() -> None:
    queries = [PullQuery(REPO, HEAD, 3), PullQuery(REPO, "afk/9-x", 9)]
    moved = _pull(9, updated_at="2026-11-30T11:59:59Z")
    table = Table({LIST: _page(moved, PULL)})

    found = pulls(table).read(queries)

    assert [found[one][0].mark != "" for one in queries] == [True, False]


def test_read__by_branch__none_and_several_oldest_first() -> None:
    began = OPENED - timedelta(minutes=5)
    queries = [PullQuery(REPO, name, since=began) for name in (HEAD, "afk/8-none")]
    fork = _pull(12, HEAD)
    fork["head"] = {**fork["head"], "repo_id": 99}
    table = Table({LIST: _page(fork, _pull(11, HEAD), _pull(5), PULL)})

    found = pulls(table).read(queries)

    assert [_numbers(found[one]) for one in queries] == [[3, 11], []]
    assert table.asked == [LIST]


def test_read__by_branch__pages_until_before_the_runs_began() -> None:
    began = OPENED + timedelta(days=3)
    queries = [PullQuery(REPO, name, since=began) for name in (HEAD, "afk/8-none")]
    young = (OPENED + timedelta(days=2, minutes=1)).isoformat()
    rows = [_pull(number, created_at=young) for number in range(100, 50, -1)]
    second = listing(LP1, 2, state="all")
    table = Table({LIST: _page(*rows, total=500), second: _page(_pull(40, HEAD), PULL, total=500)})

    found = pulls(table).read(queries)

    assert [_numbers(found[one]) for one in queries] == [[3, 40], []]
    assert table.asked == [LIST, second]


def test_read__by_branch__nobody_knows_since_when__asked_for_by_itself() -> None:
    queries = [PullQuery(REPO, HEAD), PullQuery(REPO, "afk/9-x", 9)]
    alone = listing(LP1, state="all", head=HEAD)
    table = Table({LIST: _page(_pull(9), PULL), alone: _page(PULL)})

    found = pulls(table).read(queries)

    assert [_numbers(found[one]) for one in queries] == [[3], [9]]
    assert sorted(table.asked) == sorted([LIST, alone])


def test_read__list_too_large__all_one_by_one() -> None:
    """One huge text in a list makes nobody read it item by item."""
    queries = [PullQuery(REPO, HEAD, 3), PullQuery(REPO, HEAD, since=datetime.now(UTC))]
    huge = _page(_pull(9, body="x" * 20_000))
    alone = listing(LP1, state="all", head=HEAD)
    table = Table({LIST: huge, alone: _page(PULL), f"GET {path_of(OPEN)}": told(OPEN)})

    found = pulls(table, max_body=16_000).read(queries)

    assert [_numbers(found[one]) for one in queries] == [[3], [3]]
    assert len(table.asked) == 3


def test_read__one_each_in_two_repositories__no_list() -> None:
    other = f"{API}/repos/owner/lp2"
    queries = [PullQuery(REPO, HEAD, 3), PullQuery("owner/lp2", HEAD, 3)]
    table = Table({f"GET {path_of(OPEN)}": told(OPEN), f"GET {other}/pulls/3": told(OPEN)})

    found = pulls(table).read(queries)

    assert [_numbers(found[one]) for one in queries] == [[3], [3]]
    assert len(table.asked) == 2
