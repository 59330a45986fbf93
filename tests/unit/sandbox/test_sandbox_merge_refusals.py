"""Merges that are refused, races, and updates of a branch.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, PullBed

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.merging import MergeRefused, UpToDate
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Mergeable, Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Access
from afk_sandbox.forge.rules_of_branches import Method

# Refusals and races


def test_merge__wrong_head__is_refused_and_on_forgejo_checked_anew(
    bed: PullBed, hub: PullBed
) -> None:
    """Recordings 100, 101, 107 (a shortened one, too), 135."""
    for one in (bed, hub):
        pull = one.open()
        for head in ("0" * 40, pull.head_sha[:10]):
            assert one.refused(pull, Wish(head=head)) is Obstacle.HEAD_MOVED
            one.wait(0.3)
            again = one.forge.mergeability(pull)
            assert again is (Mergeable.UNKNOWN if one is bed else Mergeable.CLEAN)
            one.wait(1)
        one.forge.merge(pull, one.bot, Wish(head=pull.head_sha))


@BEDS
def test_merge__pinned__a_head_pushed_meanwhile_is_never_merged(bed: PullBed) -> None:
    pull = bed.open()
    pinned = pull.head_sha
    bed.push("side", text="app.py:4=d", actor=bed.writer)
    bed.known(pull)
    assert bed.refused(pull, Wish(head=pinned)) is Obstacle.HEAD_MOVED


def test_merge__refusal__names_what_the_forge_looks_at_first(bed: PullBed, hub: PullBed) -> None:
    """A draft before a wrong head on Forgejo; GitHub looks at the head first."""
    for one, first in ((bed, Obstacle.DRAFT), (hub, Obstacle.HEAD_MOVED)):
        pull = one.open()
        one.forge.set_draft(pull, one.bot, draft=True)
        assert one.refused(pull, Wish(head="0" * 40)) is first


@BEDS
def test_merge__method_off_and_rules__are_refused_an_administrator_may_force(
    bed: PullBed,
) -> None:
    """Recordings 157-159, 195-197, 286."""
    pull = bed.open()
    bed.repo.merging.methods = frozenset({Method.SQUASH})
    assert bed.refused(pull, Wish()) is Obstacle.METHOD
    bed.forge.protect(bed.repo, "main", required=("ci",))
    wish = Wish(method=Method.SQUASH, force=True)
    assert bed.refused(pull, wish) is Obstacle.CHECKS
    with pytest.raises(MergeRefused, match="not-allowed, checks"):
        bed.forge.merge(pull, bed.stranger, wish)
    bed.forge.set_access(bed.repo, bed.bot, Access.ADMIN)
    assert bed.forge.merge(pull, bed.bot, wish)


@BEDS
def test_merge__twice_or_closed__is_refused(bed: PullBed) -> None:
    """Recordings 75, 117; a person merging while somebody else does."""
    pull = bed.open()
    bed.forge.merge(pull, bed.owner)
    tip = bed.repo.branches["main"]
    with pytest.raises(MergeRefused) as refused:
        bed.forge.merge(pull, bed.bot)
    assert (refused.value.obstacle, bed.repo.branches["main"]) == (Obstacle.MERGED, tip)
    assert pull.merge is not None
    assert pull.merge.by is bed.owner
    with pytest.raises(NotPossible, match="merged"):
        bed.forge.reopen(pull.issue, bed.bot)
    other = bed.open("other", text="o.py:1=1")
    bed.forge.close(other.issue, bed.owner)
    assert bed.refused(other, Wish()) is Obstacle.CLOSED


@BEDS
def test_merge__base_moved_at_that_moment__once_then_it_goes(bed: PullBed) -> None:
    """Recording 265; https://github.com/cli/cli/issues/8092."""
    pull = bed.open()
    bed.forge.base_races = 1
    assert bed.refused(pull, Wish()) is Obstacle.BASE_MOVED
    bed.forge.merge(pull, bed.bot)


@BEDS
def test_merge__rebase_that_conflicts_where_a_merge_does_not__is_refused(bed: PullBed) -> None:
    """Recordings 276, 277."""
    pull = bed.open(text="app.py:1=x")
    bed.push("side", text="app.py:1=a")
    bed.push("main", text="app.py:1=y", actor=bed.owner)
    bed.known(pull)
    assert bed.forge.mergeability(pull) is Mergeable.CLEAN
    wish = Wish(method=Method.REBASE)
    with pytest.raises(MergeRefused) as refused:
        bed.forge.merge(pull, bed.bot, wish)
    assert refused.value.blocks[0].names == ("app.py:1",)
    assert refused.value.obstacle is Obstacle.CONFLICT
    bed.forge.merge(pull, bed.bot)


@BEDS
def test_two_that_touch_the_same_line__the_second_conflicts_once_the_first_landed(
    bed: PullBed,
) -> None:
    one, two = bed.open("one", text="app.py:2=1"), None
    begin = bed.repo.commits[one.head_sha].parent
    bed.forge.move_branch(bed.repo, "two", begin, bed.bot)
    bed.push("two", text="app.py:2=2")
    two = bed.forge.open_pull(bed.repo, bed.bot, "two", title="two")
    bed.known(two)
    assert bed.forge.mergeability(two) is Mergeable.CLEAN
    bed.forge.merge(one, bed.bot)
    bed.known(two)
    assert bed.forge.mergeability(two) is Mergeable.CONFLICT
    assert bed.refused(two, Wish()) is Obstacle.CONFLICT
    tip = bed.forge.replay(bed.repo, two.base_sha, two.head_sha, bed.bot, insist=True)
    bed.forge.move_branch(bed.repo, "two", tip, bed.bot)
    bed.known(two)
    bed.forge.merge(two, bed.bot, Wish(head=tip))
    assert bed.forge.tree(bed.repo, bed.repo.branches["main"])["app.py", 2] == "2"


# Updates


@pytest.mark.parametrize("rebase", [False, True])
def test_update__behind__brings_the_base_in(bed: PullBed, hub: PullBed, rebase: bool) -> None:
    """Recordings 65, 67, 69; GitHub answers first and does it a moment later."""
    for one in (bed, hub):
        pull = one.open_two()
        before = pull.head_sha
        one.forge.update_branch(pull, one.bot, rebase=rebase, head=before)
        assert (pull.head_sha == before) is (one is hub)
        one.wait(2)
        one.forge.settle()
        tip = one.repo.commits[pull.head_sha]
        assert (tip.sha == before, tip.committer) == (False, one.bot)
        assert one.forge.behind(one.repo, tip.sha, pull.base_sha) == 0
        if rebase:
            assert tip.message == "second\n\nReviewed-by: me"
        else:
            assert tip.message == "Merge branch 'main' into side"
            assert tip.parents == (before, pull.base_sha)
        assert pull.issue.events[-1].forced is rebase
        with pytest.raises(UpToDate):
            one.forge.update_branch(pull, one.bot)


@BEDS
def test_update__cannot_be__says_why_and_changes_nothing(bed: PullBed) -> None:
    """Recordings 53, 54, 74, 82, 119, 247, 248."""
    pull = bed.open(text="app.py:2=b")
    bed.push("main", text="app.py:2=z", actor=bed.owner)
    sha = pull.head_sha

    def refused(**wanted: object) -> Obstacle:
        with pytest.raises(MergeRefused) as found:
            bed.forge.update_branch(pull, bed.bot, **wanted)  # type: ignore[arg-type]  # as given
        return found.value.obstacle

    assert refused() is Obstacle.CONFLICT
    assert refused(rebase=True) is Obstacle.CONFLICT
    assert refused(head="0" * 40) is Obstacle.HEAD_MOVED
    rule = bed.forge.protect(bed.repo, "side", push=frozenset())
    assert refused() is Obstacle.NOT_ALLOWED
    assert (pull.head_sha, bed.repo.branches["side"]) == (sha, sha)
    bed.forge.unprotect(bed.repo, rule)
    bed.forge.close(pull.issue, bed.bot)
    with pytest.raises(NotPossible, match="closed"):
        bed.forge.update_branch(pull, bed.bot)


def test_update__branch_gone__is_told(bed: PullBed) -> None:
    """Recording 82."""
    pull = bed.open()
    bed.forge.delete_branch(bed.repo, "side", bed.bot)
    bed.forge.reopen(pull.issue, bed.bot)
    with pytest.raises(NoBranch):
        bed.forge.update_branch(pull, bed.bot)


def test_update__head_pushed_to_meanwhile__is_left_alone(hub: PullBed) -> None:
    pull = hub.open_two()
    hub.forge.update_branch(pull, hub.bot)
    sha = hub.push("side", text="app.py:5=e", actor=hub.writer)
    hub.wait(5)
    hub.forge.settle()
    assert pull.head_sha == sha
