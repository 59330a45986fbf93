"""Lines that merge or conflict, and commits made of others.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pull_bed import PullBed

from afk_sandbox.forge.branching import Conflict
from afk_sandbox.forge.trees import (
    Change,
    applied,
    conflicts,
    difference,
    merged,
    parse_change,
)

PLACES = st.tuples(st.sampled_from("ab"), st.integers(1, 3))
TREES = st.dictionaries(PLACES, st.sampled_from("xyz"))


@given(TREES, TREES)
def test_difference__applied__leads_from_one_tree_to_the_other(
    before: dict[tuple[str, int], str], after: dict[tuple[str, int], str]
) -> None:
    assert applied(before, difference(before, after)) == after
    assert difference(after, after) == ()


@given(TREES, TREES, TREES)
def test_merge__both_ways__same_conflicts_and_without_any_the_same_tree(
    base: dict[tuple[str, int], str],
    ours: dict[tuple[str, int], str],
    theirs: dict[tuple[str, int], str],
) -> None:
    found = conflicts(base, ours, theirs)
    assert found == conflicts(base, theirs, ours)
    if not found:
        assert merged(base, ours, theirs) == merged(base, theirs, ours)
    assert conflicts(base, base, theirs) == []
    assert merged(base, base, theirs) == theirs


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("app.py", Change("app.py", 1, "it")),
        ("app.py:3", Change("app.py", 3, "it")),
        ("app.py:3=x=y", Change("app.py", 3, "x=y")),
        ("app.py=x", Change("app.py", 1, "x")),
    ],
)
def test_parse_change__word__names_file_line_and_text(word: str, change: Change) -> None:
    assert parse_change(word, "it") == change


def test_history__merge__both_sides_newest_first_and_each_once() -> None:
    bed = PullBed()
    forge, repo = bed.forge, bed.repo
    main, side = bed.push("main", "two"), bed.push("side", "on the side")
    begin = repo.commits[main].parent
    joined = forge.merge_commit(repo, main, side, "join", bed.bot)
    assert [one.sha for one in forge.history(repo, joined)] == [joined, side, main, begin]
    assert [one.sha for one in forge.commits_between(repo, main, joined)] == [joined, side]
    assert forge.merge_base(repo, main, side) == main
    assert forge.behind(repo, main, joined) == 2
    assert forge.contains(repo, joined, side)
    assert not forge.contains(repo, side, joined)


def test_merge_commit__criss_cross__does_not_bring_a_change_twice() -> None:
    bed = PullBed()
    forge, repo = bed.forge, bed.repo
    begin = repo.branches["main"]
    side = bed.push("side", text="app.py:2=b")
    main = bed.push("main", text="app.py:3=c")
    updated = forge.merge_commit(repo, side, main, "update", bed.bot)
    assert [one.place for one in repo.commits[updated].changes] == [("app.py", 3)]
    assert forge.tree(repo, updated) == {
        ("app.py", 1): "a",
        ("app.py", 2): "b",
        ("app.py", 3): "c",
    }
    assert [one.place for one in forge.diff(repo, main, updated)] == [("app.py", 2)]
    assert forge.merge_base(repo, begin, updated) == begin
    assert repo.commits[updated].files == ("app.py",)


def test_merge_commit__same_line_from_the_same_base__conflicts_and_names_it() -> None:
    bed = PullBed()
    side = bed.push("side", text="app.py:1=x")
    main = bed.push("main", text="app.py:1=y")
    before = dict(bed.repo.commits)
    with pytest.raises(Conflict, match=r"^app\.py:1$"):
        bed.forge.merge_commit(bed.repo, main, side, "join", bed.bot)
    assert bed.repo.commits == before


def test_merge_commit__same_line_and_same_text__is_no_conflict() -> None:
    bed = PullBed()
    side, main = bed.push("side", text="app.py:1=x"), bed.push("main", text="app.py:1=x")
    assert bed.forge.conflicts(bed.repo, main, side) == []


def test_replay__own_commits__new_shas_old_messages_and_authors_without_merges() -> None:
    bed = PullBed()
    forge, repo = bed.forge, bed.repo
    first = bed.push("side", "one", text="b.py:1=1", actor=bed.writer)
    main = bed.push("main", "elsewhere", text="c.py:1=1")
    forge.move_branch(repo, "side", forge.merge_commit(repo, first, main, "join", bed.bot), bed.bot)
    last = bed.push("side", "two", text="b.py:2=2")
    onto = bed.push("main", "later", text="c.py:2=2")
    tip = forge.replay(repo, onto, last, bed.owner)
    made = forge.commits_between(repo, onto, tip)
    assert [one.message for one in made] == ["two", "one"]
    assert [one.author for one in made] == [bed.bot, bed.writer]
    assert {one.committer for one in made} == {bed.owner}
    assert not {first, last} & {one.sha for one in made}
    assert forge.tree(repo, tip)["b.py", 2] == "2"


def test_replay__change_and_change_back__conflicts_where_a_merge_does_not() -> None:
    """As a rebase does where the forge says mergeable (recordings 276, 277)."""
    bed = PullBed()
    bed.push("side", text="app.py:1=x")
    side = bed.push("side", text="app.py:1=a")
    main = bed.push("main", text="app.py:1=y")
    assert bed.forge.conflicts(bed.repo, main, side) == []
    with pytest.raises(Conflict):
        bed.forge.replay(bed.repo, main, side, bed.bot)
    tip = bed.forge.replay(bed.repo, main, side, bed.bot, insist=True)
    assert bed.forge.tree(bed.repo, tip)["app.py", 1] == "a"


def test_squash_commit__several_commits__one_with_all_of_them() -> None:
    bed = PullBed()
    bed.push("side", text="b.py:1=1")
    side, main = bed.push("side", text="b.py:2=2"), bed.push("main", text="c.py:1=1")
    made = bed.forge.squash_commit(bed.repo, main, side, "all", author=bed.bot, committer=bed.owner)
    commit = bed.repo.commits[made]
    assert (commit.parents, commit.author, commit.committer) == ((main,), bed.bot, bed.owner)
    assert [one.place for one in commit.changes] == [("b.py", 1), ("b.py", 2)]


def test_fork__copy__goes_its_own_way() -> None:
    bed = PullBed()
    copy = bed.forge.fork(bed.repo, bed.stranger)
    sha = bed.forge.push(copy, "main", "mine", bed.stranger)
    assert (copy.fork_of, copy.full_name) == (bed.repo, "stranger/shop")
    assert sha not in bed.repo.commits
    assert bed.repo.branches["main"] != sha


@given(st.lists(st.lists(st.integers(0, 30), max_size=2), min_size=1, max_size=14), st.data())
def test_commits_between__any_history__is_what_one_contains_and_the_other_does_not(
    parents: list[list[int]], data: st.DataObject
) -> None:
    """Whatever is built on whatever, several roots included."""
    bed = PullBed()
    shas: list[str] = []
    for places in parents:
        chosen = list(dict.fromkeys(shas[place % len(shas)] for place in places if shas))
        shas.append(
            bed.forge.commit(bed.repo, "x", chosen, author=bed.bot, committer=bed.bot, changes=[])
        )
    base, head = data.draw(st.sampled_from(["", *shas])), data.draw(st.sampled_from(["", *shas]))
    known = {one.sha for one in bed.forge.history(bed.repo, base)}
    wanted = [one for one in bed.forge.history(bed.repo, head) if one.sha not in known]
    assert bed.forge.commits_between(bed.repo, base, head) == wanted
