"""Branch tips, and what a branch has beyond a base."""

from typing import Any

import pytest
from support.cassettes import replay
from support.forgejo import (
    API,
    VERSIONS,
    Reply,
    Table,
    body_of,
    exchange,
    question,
    recorded,
    recording,
    reply,
    tracker,
)

from afk.errors import NotFound, ServerFault, TokenError
from afk.model.forge import Branch
from afk.ports import BranchQuery

MAIN = "owner/api-main"
REPO = f"{API}/repos/{MAIN}"


def _compare(span: str) -> str:
    return question("GET", f"{REPO}/compare/{span}", files="false", verification="false")


def _commits(branch: str) -> str:
    fixed: dict[str, Any] = {
        "stat": "false",
        "files": "false",
        "verification": "false",
        "limit": 50,
    }
    return question("GET", f"{REPO}/commits", sha=branch, **fixed)


def _span(version: str, name: str) -> tuple[str, str]:
    """Return base and head of a recorded compare."""
    path: str = exchange(version, name)["request"]["path"]
    base, _, head = path.rpartition("/")[2].partition("...")
    return base, head


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["147-branch", "174-branch-protected"])
def test_head__recorded__is_the_tips_sha(version: str, name: str) -> None:
    with replay(recording(version, name)):
        assert tracker().head(MAIN, "main") == body_of(version, name)["commit"]["id"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("branch", "path"),
    [("afk/1-aaaa", "afk/1-aaaa"), ("odd #1?%", "odd%20%231%3F%25"), ("a&b", "a%26b")],
)
def test_head__name_in_the_path__keeps_slashes_and_encodes_the_rest(
    version: str, branch: str, path: str
) -> None:
    """As 166 and 176 have it: the route takes the rest of the path, slashes included."""
    table = Table({f"GET {REPO}/branches/{path}": recorded(version, "147-branch")})
    assert tracker(table).head(MAIN, branch)


@pytest.mark.parametrize("version", VERSIONS)
def test_head__no_such_branch__is_named(version: str) -> None:
    table = Table({f"GET {REPO}/branches/gone": recorded(version, "009-no-such-issue")})
    with pytest.raises(NotFound, match="no branch gone") as caught:
        tracker(table).head(MAIN, "gone")
    assert MAIN in str(caught.value)


@pytest.mark.parametrize("version", VERSIONS)
def test_head__without_the_scope__is_a_token_error(version: str) -> None:
    scope = recorded(version, "180-scope-missing-read-repository")
    with pytest.raises(TokenError, match="read:repository"):
        tracker(Table({f"GET {REPO}/branches/main": scope})).head(MAIN, "main")


@pytest.mark.parametrize("version", VERSIONS)
def test_branches__known_base__is_newest_first_and_whole(version: str) -> None:
    base, head = _span(version, "138-compare-slim")
    query = BranchQuery(MAIN, base, head)
    with replay(recording(version, "138-compare-slim")) as cassette:
        branch = tracker().branches([query, query])[query]
    assert branch.head == branch.commits[0].sha == head
    assert len(branch.commits) == 6
    assert branch.complete
    assert "AFK-Run: 0f8fad5b" in branch.commits[1].message
    assert cassette.play_count == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_branches__diverged__are_the_commits_the_branch_adds(version: str) -> None:
    table = Table({_compare("main...side"): recorded(version, "140-compare-diverged")})
    query = BranchQuery(MAIN, "main", "side")
    branch = tracker(table).branches([query])[query]
    assert [commit.message for commit in branch.commits] == ["amended #39\n"]


def test_branches__nothing_beyond_the_base__has_its_head() -> None:
    """As ``forgejo-actions/14.0.0/api-job-token-2`` answers for a commit and itself."""
    table = Table({_compare("abc...main"): reply({"total_commits": 0, "commits": []})})
    query = BranchQuery(MAIN, "abc", "main")
    assert tracker(table).branches([query])[query] == Branch("abc")


def test_branches__fewer_commits_than_counted__is_incomplete() -> None:
    one = {"sha": "a1", "commit": {"message": "m"}}
    table = Table({_compare("abc...main"): reply({"total_commits": 2, "commits": [one]})})
    query = BranchQuery(MAIN, "abc", "main")
    assert not tracker(table).branches([query])[query].complete


@pytest.mark.parametrize("version", VERSIONS)
def test_branches__unknown_base__falls_back_to_the_newest_commits(version: str) -> None:
    """404 in 14, 500 in 11, which is asked three times as any 5xx is.

    A branch that was reset below the base and is read to its root hides nothing.
    """
    table = Table(
        {
            _compare("abc...main"): recorded(version, "139-compare-unknown-sha"),
            _commits("main"): recorded(version, "141-commits-not-base"),
        }
    )
    query = BranchQuery(MAIN, "abc", "main")
    branch = tracker(table).branches([query])[query]
    assert branch.head == branch.commits[0].sha
    assert (len(branch.commits), branch.complete) == (6, True)  # all there are: fewer than a page
    assert len(table.asked) == (2 if version.startswith("14") else 4)


@pytest.mark.parametrize("version", VERSIONS)
def test_branches__no_base__is_the_newest_commits_incomplete(version: str) -> None:
    table = Table({_commits("afk/1"): recorded(version, "142-commits-paged")})
    query = BranchQuery(MAIN, "", "afk/1")
    branch = tracker(table).branches([query])[query]
    assert (len(branch.commits), branch.complete) == (2, False)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["143-commits-unknown-branch", "148-commits-empty-repo"])
def test_branches__no_such_branch__has_no_head_and_proves_nothing(version: str, name: str) -> None:
    """404 with the body null, and 409 of an empty repository: the other runs are still read."""
    other = BranchQuery(MAIN, "", "main")
    table = Table(
        {
            _commits("gone"): recorded(version, name),
            _commits("main"): recorded(version, "141-commits-not-base"),
        }
    )
    query = BranchQuery(MAIN, "", "gone")
    read = tracker(table).branches([query, other])
    assert read[query] == Branch("", complete=False)
    assert read[other].head


def test_branches__no_commits_at_all__has_no_head() -> None:
    query = BranchQuery(MAIN, "", "main")
    read = tracker(Table({_commits("main"): reply([])})).branches([query])
    assert read[query] == Branch("", complete=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_branches__a_compare_past_the_bound__falls_back(version: str) -> None:
    shas = [f"a{number}" for number in range(50)]
    newest = [{"sha": sha, "commit": {"message": "m"}} for sha in shas]
    for base, beyond in (("abc", 50), ("a7", 7)):
        table = Table(
            {
                _compare(f"{base}...main"): recorded(version, "138-compare-slim"),
                _commits("main"): reply(newest),
            }
        )
        query = BranchQuery(MAIN, base, "main")
        branch = tracker(table, max_body=4_000).branches([query])[query]
        assert (branch.head, len(branch.commits)) == ("a0", beyond)
        assert branch.complete == (base == "a7")


@pytest.mark.parametrize("version", VERSIONS)
def test_branches__server_in_trouble__is_raised(version: str) -> None:
    fault = recorded(version, "144-commits-not-unknown")
    with pytest.raises(ServerFault):
        tracker(Table({_commits("main"): fault})).branches([BranchQuery(MAIN, "", "main")])


def test_branches__compare_refused__is_raised() -> None:
    with pytest.raises(TokenError):
        tracker(Table({_compare("a...main"): Reply(401)})).branches(
            [BranchQuery(MAIN, "a", "main")]
        )


def test_branches__nothing_asked__costs_nothing() -> None:
    table = Table({})
    assert tracker(table).branches([]) == {}
    assert table.asked == []


def _shown(*shas: str, base: str) -> Reply:
    """A comparison whose commits follow one another; newest first."""
    below = [*shas[1:], base]
    rows = [
        {"sha": sha, "commit": {"message": sha}, "parents": [{"sha": parent}]}
        for sha, parent in zip(shas, below, strict=True)
    ]
    return reply({"total_commits": len(rows), "commits": rows})


def test_branches__several_bases_of_a_branch__one_comparison() -> None:
    queries = [BranchQuery(MAIN, base, "main") for base in ("a", "b", "d")]
    table = Table({_compare("a...main"): _shown("d", "c", "b", base="a")})

    found = tracker(table).branches(queries)

    assert [[one.sha for one in found[query].commits] for query in queries] == [
        ["d", "c", "b"],
        ["d", "c"],
        [],
    ]
    assert {(found[one].head, found[one].complete) for one in queries} == {("d", True)}
    assert len(table.asked) == 1


def test_branches__base_that_the_first_does_not_tell__compared_by_itself() -> None:
    queries = [BranchQuery(MAIN, base, "main") for base in ("a", "older", "b")]
    table = Table(
        {
            _compare("a...main"): _shown("c", "b", base="a"),
            _compare("older...main"): _shown("c", "b", "a", base="older"),
        }
    )

    found = tracker(table).branches(queries)

    assert [len(found[one].commits) for one in queries] == [2, 3, 1]
    assert len(table.asked) == 2


def test_branches__more_than_compare_lists__tells_no_other_base() -> None:
    queries = [BranchQuery(MAIN, base, "main") for base in ("a", "b")]
    cut = reply({"total_commits": 3, "commits": [{"sha": "b", "commit": {"message": ""}}]})
    table = Table({_compare("a...main"): cut, _compare("b...main"): _shown("c", base="b")})

    found = tracker(table).branches(queries)

    assert [found[one].complete for one in queries] == [False, True]
    assert len(table.asked) == 2


def test_branches__one_without_a_base__read_by_itself() -> None:
    queries = [BranchQuery(MAIN, "a", "main"), BranchQuery(MAIN, "", "main")]
    newest = reply([{"sha": "b", "commit": {"message": ""}}])
    table = Table({_compare("a...main"): _shown("b", base="a"), _commits("main"): newest})

    found = tracker(table).branches(queries)

    assert [(found[one].head, found[one].complete) for one in queries] == [
        ("b", True),
        ("b", False),
    ]


def test_branches__base_known_and_branch_not__is_not_asked_for_again() -> None:
    """The branch of a run that has pushed nothing, in every tick of its agent's work."""
    queries = [BranchQuery(MAIN, "a", name) for name in ("main", "afk/7")]
    table = Table({_compare("a...main"): _shown("b", base="a"), _compare("a...afk/7"): Reply(404)})

    found = tracker(table).branches(queries)

    assert (found[queries[0]].head, found[queries[1]]) == ("b", Branch("", complete=False))
    assert len(table.asked) == 2
