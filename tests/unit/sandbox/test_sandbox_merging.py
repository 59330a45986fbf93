"""Merges: methods and messages, and what comes with them.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, PullBed

from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Wish
from afk_sandbox.forge.rules_of_branches import Method

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
        pull = bed.open_two()
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
    pull = bed.open_two()
    late = bed.refused(pull, Wish(method=Method.FAST_FORWARD))
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
    pull = bed.open_two()
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
