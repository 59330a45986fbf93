"""One owner or repository that refuses: its own trouble, and the rest is served."""

import pytest
from support.forgejo import VERSIONS, Reply, Table, recorded, reply
from support.forgejo_listing import MAIN, PRIVATE, item, keys, listing, repository, search

from afk.errors import AfkError
from afk.model.forge import RepositoryTrouble


@pytest.mark.parametrize("status", [401, 403, 404, 429, 451, 500, 503])
@pytest.mark.parametrize("kind", ["json", "html"])
def test_listing__one_owner_that_refuses__is_the_trouble_of_its_repositories(
    status: int, kind: str
) -> None:
    """A firewall in front, a suspended organisation, a 5xx over one that is large."""
    html = Reply(status, b"<html>blocked</html>", {"content-type": "text/html"})
    body = reply({"message": "no"}, status) if kind == "json" else html
    table = Table({search(): recorded(VERSIONS[0], "024-search-owner-ready"), search("v"): body})
    found = listing(table, "v/one", MAIN, "v/two", PRIVATE)
    assert keys(found) == [f"{PRIVATE}#1", f"{MAIN}#2", f"{MAIN}#1"]
    assert [(one.repo, one.kind) for one in found.troubles] == [
        ("v/one", RepositoryTrouble.UNREADABLE),
        ("v/two", RepositoryTrouble.UNREADABLE),
    ]
    first, second = found.troubles
    assert first.error is second.error is not None


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_listing__every_owner_refuses__is_raised(status: int) -> None:
    refusal = reply({"message": "no"}, status)
    table = Table({search(): refusal, search("v"): refusal})
    with pytest.raises(AfkError):
        listing(table, "v/one", MAIN)


def test_listing__later_page_that_fails__keeps_what_was_read_and_says_so() -> None:
    body = [item(VERSIONS[0], MAIN, number) for number in range(1, 51)]
    table = Table(
        {
            search(): reply(body, x_total_count="51"),
            search(page=2): reply({"message": ""}, 500),
            search("v"): reply([]),
        }
    )
    found = listing(table, MAIN, "v/one")
    assert len(found.heads) == 50
    assert [(one.repo, one.kind) for one in found.troubles] == [
        (MAIN, RepositoryTrouble.UNREADABLE)
    ]


def test_trouble_of__repository_that_refuses__is_unreadable() -> None:
    """Asked for by name since the search showed another one of its owner."""
    table = Table(
        {
            search(): reply([item(VERSIONS[0], "owner/else", 1)]),
            repository(MAIN): reply({"message": "no"}, 451),
        }
    )
    (trouble,) = listing(table, MAIN).troubles
    assert (trouble.repo, trouble.kind) == (MAIN, RepositoryTrouble.UNREADABLE)
