"""Merges: methods and messages, what comes with them, refusals and races; updates of a branch."""

import pytest
from support.pull_bed import BEDS, PullBed

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.merging import MergeRefused, UpToDate
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Mergeable, Pull, Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Access
from afk_sandbox.forge.rules_of_branches import Method


def _two_commits(bed: PullBed) -> Pull:
    pull = bed.open(text="app.py:2=b")
    bed.push("side", "second\n\nReviewed-by: me", text="app.py:3=c", actor=bed.writer)
    bed.push("main", text="c.py:1=1", actor=bed.owner)
    bed.known(pull)
    return pull


def _refusal(bed: PullBed, pull: Pull, wish: Wish) -> Obstacle:
    before = dict(bed.repo.branches)
    with pytest.raises(MergeRefused) as refused:
        bed.forge.merge(pull, bed.bot, wish)
    assert bed.repo.branches == before
    assert pull.merge is None
    return refused.value.obstacle


# Methods


@pytest.mark.parametrize(
    ("method", "forgejo", "github"),
    [
        (
            Method.MERGE,
            "Merge pull request 'Side' (#1) from side into main",
            "Merge pull request #1 from owner/side\n\nSide",
        ),
        (Method.SQUASH, "Side (#1)", "Side (#1)\n\n* work\n\n* second\n\nReviewed-by: me"),
        (Method.REBASE, "second\n\nReviewed-by: me", "second\n\nReviewed-by: me"),
    ],
)
def test_merge__method__leaves_its_commits_and_message(
    method: Method, forgejo: str, github: str
) -> None:
    """Recordings 110, 121, 135, 137."""
    for bed, message in ((PullBed(), forgejo), (PullBed(github=True), github)):
        pull = _two_commits(bed)
        base, head = pull.base_sha, pull.head_sha
        sha = bed.forge.merge(pull, bed.writer, Wish(method=method, head=head))
        commit, merge = bed.repo.commits[sha], pull.merge
        assert merge is not None
        assert (merge.commit, merge.by, merge.head, merge.method) == (
            sha,
            bed.writer,
            head,
            method,
        )
        assert (bed.repo.branches["main"], pull.open, pull.head_sha) == (sha, False, head)
        assert commit.message == message
        assert len(commit.parents) == 1 + (method is Method.MERGE)
        if method is not Method.REBASE:
            assert commit.parents[0] == base
        assert (
            bed.forge.tree(bed.repo, sha).items()
            >= {
                ("app.py", 2): "b",
                ("app.py", 3): "c",
                ("c.py", 1): "1",
            }.items()
        )
        event = next(one for one in pull.issue.events if one.kind is EventKind.MERGED)
        assert (event.actor, event.commit) == (bed.writer, sha)
        assert pull.closed_by is None


def test_merge__rebase_merge_and_fast_forward__of_forgejo(bed: PullBed) -> None:
    """Recordings 128, 129, 143, 149."""
    pull = _two_commits(bed)
    late = _refusal(bed, pull, Wish(method=Method.FAST_FORWARD))
    assert late is Obstacle.NOT_FAST_FORWARD
    sha = bed.forge.merge(pull, bed.bot, Wish(method=Method.REBASE_MERGE))
    base, tip = bed.repo.commits[sha].parents
    assert [one.message for one in bed.forge.commits_between(bed.repo, base, tip)] == [
        "second\n\nReviewed-by: me",
        "work",
    ]
    assert pull.head_sha != tip
    other = bed.open("other")
    assert bed.forge.merge(other, bed.bot, Wish(method=Method.FAST_FORWARD)) == other.head_sha


def test_squash__author__is_who_opened_it(bed: PullBed) -> None:
    """Recordings 278, 283: a stranger who opened one from the bot's branch becomes the author."""
    bed.push("side", text="app.py:2=b")
    pull = bed.forge.open_pull(bed.repo, bed.stranger, "side", title="mine")
    sha = bed.forge.merge(pull, bed.owner, Wish(method=Method.SQUASH))
    commit = bed.repo.commits[sha]
    assert (commit.author, commit.committer) == (bed.stranger, bed.owner)


@BEDS
def test_merge__own_text__is_the_whole_message(bed: PullBed) -> None:
    """Recording 160."""
    pull = _two_commits(bed)
    wish = Wish(method=Method.SQUASH, title="Mine (#1)", message="AFK-Run: 1")
    sha = bed.forge.merge(pull, bed.bot, wish)
    assert bed.repo.commits[sha].message == "Mine (#1)\n\nAFK-Run: 1"
    text = bed.forge.merge_text(pull, Method.MERGE, title="Only")
    assert text == "Only"


def test_squash__single_commit_on_github__keeps_its_message(hub: PullBed) -> None:
    hub.push("side", "Subject\n\nAFK-Run: 1\n", text="app.py:2=b")
    pull = hub.forge.open_pull(hub.repo, hub.bot, "side", title="Side")
    assert hub.forge.merge_text(pull, Method.SQUASH) == "Subject (#1)\n\nAFK-Run: 1"
    pull.head_repo = None
    assert hub.forge.merge_text(pull, Method.MERGE).startswith("Merge pull request #1 from unknown")


# What comes with it


def test_merge__closes_what_its_texts_name_then__closer_on_github_only(
    bed: PullBed, hub: PullBed
) -> None:
    """Recordings 112, 138 and observation s8: a plain close by the merger in that second."""
    for one in (bed, hub):
        issues = [one.forge.open_issue(one.repo, "i", one.owner) for _ in range(3)]
        pull = one.open(body="Closes #1, closes #2")
        one.forge.edit_body(pull.issue, one.writer, "Closes #2, closes #3")
        one.forge.close(issues[2], one.stranger)
        one.forge.merge(pull, one.writer, Wish(method=Method.SQUASH))
        assert [issue.open for issue in issues] == [True, False, False]
        event = issues[1].events[-1]
        assert pull.merge is not None
        assert (event.kind, event.actor, event.commit) == (EventKind.CLOSED, one.writer, "")
        assert event.at == pull.merge.at
        assert event.other is (pull.issue if one is hub else None)
        assert one.kinds(issues[2]).count(EventKind.CLOSED) == 1


@BEDS
def test_merge__closing__not_beyond_rights_nor_where_the_asker_may_not(bed: PullBed) -> None:
    """Recording 258; https://github.com/Mergifyio/mergify/issues/466."""
    elsewhere = bed.forge.add_repository(bed.owner, "other")
    there = bed.forge.open_issue(elsewhere, "there", bed.owner)
    blocked = bed.forge.open_issue(bed.repo, "blocked", bed.owner)
    bed.forge.add_dependency(blocked, there, bed.owner)
    here = bed.forge.open_issue(bed.repo, "here", bed.owner)
    pull = bed.open(body="Closes #1, closes owner/other#1, closes #2")
    bed.forge.merge(pull, bed.bot, Wish(method=Method.SQUASH))
    held = bed.forge.rules.blockers_hold
    assert (there.open, blocked.open, here.open) == (True, held, False)
    other = bed.forge.open_issue(bed.repo, "other", bed.owner)
    pull = bed.open("second", text="d.py:1=1", body=f"Closes #{other.number}")
    bed.forge.merge(pull, bed.bot, Wish(closes=False))
    assert other.open


@BEDS
def test_merge__keyword_in_a_commit__closes_with_it_unless_squashed_away(bed: PullBed) -> None:
    """Observation s8."""
    one, two = (bed.forge.open_issue(bed.repo, "i", bed.owner) for _ in range(2))
    for branch, number, method in (("a", 1, Method.MERGE), ("b", 2, Method.SQUASH)):
        bed.push(branch, f"work, closes #{number}", text=f"{branch}.py:1=1")
        bed.push(branch, "more", text=f"{branch}.py:2=1")
        pull = bed.forge.open_pull(bed.repo, bed.bot, branch, title=branch)
        bed.known(pull)
        bed.forge.merge(pull, bed.bot, Wish(method=method, title="squashed"))
    assert (one.open, two.open) == (False, True)
    assert one.events[-1].commit


@BEDS
def test_merge__deletes_the_branch__where_asked_or_set_and_children_move_on(
    bed: PullBed,
) -> None:
    """Recordings 110, 113, 279, 280; a protected head stays and the merge with it (251)."""
    pull = bed.open()
    bed.push("child", text="b.py:1=1")
    bed.forge.move_branch(bed.repo, "child", bed.repo.branches["child"], bed.bot)
    child = bed.forge.open_pull(bed.repo, bed.bot, "child", title="child", base="side")
    bed.forge.merge(pull, bed.bot, Wish(delete_branch=True))
    assert "side" not in bed.repo.branches
    kinds = bed.kinds(pull.issue)
    assert kinds.index(EventKind.MERGED) < kinds.index(EventKind.HEAD_DELETED)
    assert EventKind.CLOSED not in kinds
    assert (child.open, child.base_ref) == (True, "main")
    bed.repo.merging.deletes_branch = True
    bed.forge.protect(bed.repo, "kept")
    kept = bed.open("kept", text="k.py:1=1")
    bed.forge.merge(kept, bed.bot, Wish(delete_branch=True))
    assert (kept.merge is not None, "kept" in bed.repo.branches) == (True, True)
    copy = bed.forge.fork(bed.repo, bed.stranger)
    bed.forge.push(copy, "patch", "x", bed.stranger)
    fork = bed.forge.open_pull(bed.repo, bed.stranger, "patch", title="x", head_repo=copy)
    bed.known(fork)
    bed.forge.merge(fork, bed.bot)
    assert "patch" in copy.branches


# Refusals and races


def test_merge__wrong_head__is_refused_and_on_forgejo_checked_anew(
    bed: PullBed, hub: PullBed
) -> None:
    """Recordings 100, 101, 107 (a shortened one, too), 135."""
    for one in (bed, hub):
        pull = one.open()
        for head in ("0" * 40, pull.head_sha[:10]):
            assert _refusal(one, pull, Wish(head=head)) is Obstacle.HEAD_MOVED
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
    assert _refusal(bed, pull, Wish(head=pinned)) is Obstacle.HEAD_MOVED


def test_merge__refusal__names_what_the_forge_looks_at_first(bed: PullBed, hub: PullBed) -> None:
    """A draft before a wrong head on Forgejo; GitHub looks at the head first."""
    for one, first in ((bed, Obstacle.DRAFT), (hub, Obstacle.HEAD_MOVED)):
        pull = one.open()
        one.forge.set_draft(pull, one.bot, draft=True)
        assert _refusal(one, pull, Wish(head="0" * 40)) is first


@BEDS
def test_merge__method_off_and_rules__are_refused_an_administrator_may_force(
    bed: PullBed,
) -> None:
    """Recordings 157-159, 195-197, 286."""
    pull = bed.open()
    bed.repo.merging.methods = frozenset({Method.SQUASH})
    assert _refusal(bed, pull, Wish()) is Obstacle.METHOD
    bed.forge.protect(bed.repo, "main", required=("ci",))
    wish = Wish(method=Method.SQUASH, force=True)
    assert _refusal(bed, pull, wish) is Obstacle.CHECKS
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
    assert _refusal(bed, other, Wish()) is Obstacle.CLOSED


@BEDS
def test_merge__base_moved_at_that_moment__once_then_it_goes(bed: PullBed) -> None:
    """Recording 265; https://github.com/cli/cli/issues/8092."""
    pull = bed.open()
    bed.forge.base_races = 1
    assert _refusal(bed, pull, Wish()) is Obstacle.BASE_MOVED
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
    assert _refusal(bed, two, Wish()) is Obstacle.CONFLICT
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
        pull = _two_commits(one)
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
    pull = _two_commits(hub)
    hub.forge.update_branch(pull, hub.bot)
    sha = hub.push("side", text="app.py:5=e", actor=hub.writer)
    hub.wait(5)
    hub.forge.settle()
    assert pull.head_sha == sha
