"""Pull requests follow branches that are pushed to, deleted and renamed.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, PullBed

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Mergeable
from afk_sandbox.forge.pulls import NotPossible


def test_push__to_the_head__is_followed_and_told_with_its_commits(bed: PullBed) -> None:
    """Recordings 47, 48, 206, 263."""
    pull = bed.open()
    first = pull.head_sha
    second = bed.push("side", actor=bed.writer)
    event = pull.issue.events[-1]
    assert (pull.head_sha, pull.pushed_by) == (second, bed.writer)
    assert (event.kind, event.actor, event.forced) == (EventKind.PUSHED, bed.writer, False)
    assert event.commits == (second,)
    third = bed.forge.push(bed.repo, "side", "again", bed.writer, base=first)
    event = pull.issue.events[-1]
    assert (event.forced, event.commits, pull.head_sha) == (True, (second, third), third)
    before = len(pull.issue.events)
    bed.forge.move_branch(bed.repo, "side", third, bed.writer)
    assert len(pull.issue.events) == before


def test_push__to_the_base__moves_neither_timeline_nor_updated_at(bed: PullBed) -> None:
    """Recordings 49, 270."""
    pull = bed.open()
    at, events = pull.issue.updated_at, len(pull.issue.events)
    bed.wait(60)
    tip = bed.push("main", text="c.py:1=1", actor=bed.owner)
    assert pull.base_sha == tip
    assert bed.forge.behind(bed.repo, pull.head_sha, pull.base_sha) == 1
    assert (pull.issue.updated_at, len(pull.issue.events)) == (at, events)


def test_push__while_closed__forgejo_follows_without_a_word_github_does_not(
    bed: PullBed, hub: PullBed
) -> None:
    """Recordings 252, 261, 262."""
    for one, follows in ((bed, True), (hub, False)):
        pull = one.open()
        one.forge.close(pull.issue, one.writer)
        events, sha = len(pull.issue.events), one.push("side")
        assert (pull.head_sha == sha) is follows
        assert len(pull.issue.events) == events


def test_push__of_the_head_to_the_base__merges_on_github_only(bed: PullBed, hub: PullBed) -> None:
    """Recordings 296-298: open, mergeable, and never merged."""
    for one, becomes in ((bed, False), (hub, True)):
        pull = one.open()
        one.forge.move_branch(one.repo, "main", pull.head_sha, one.owner)
        assert (pull.merge is not None) is becomes
        assert pull.open is not becomes
    assert bed.forge.mergeability(bed.forge.pulls(bed.repo)[0]) is Mergeable.CLEAN


@BEDS
def test_delete_branch__head__closes_by_the_deleter_and_keeps_the_sha(bed: PullBed) -> None:
    """Recordings 78, 79, 263: a close, no other event."""
    pull = bed.open()
    sha = pull.head_sha
    bed.forge.delete_branch(bed.repo, "side", bed.writer)
    assert (pull.open, pull.closed_by, pull.head_exists) == (False, bed.writer, False)
    told = [EventKind.HEAD_DELETED] if bed.github else []
    assert (pull.head_sha, bed.kinds(pull.issue)[1:]) == (sha, [*told, EventKind.CLOSED])
    with pytest.raises(NoBranch):
        bed.forge.delete_branch(bed.repo, "side", bed.writer)
    with pytest.raises(NotPossible, match="default"):
        bed.forge.delete_branch(bed.repo, "main", bed.owner)


def test_delete_branch__base__closes_and_forgets_its_tip(bed: PullBed) -> None:
    """Recordings 92, 93."""
    bed.push("dev")
    bed.push("side")
    pull = bed.forge.open_pull(bed.repo, bed.bot, "side", title="x", base="dev")
    bed.forge.delete_branch(bed.repo, "dev", bed.owner)
    assert (pull.open, pull.base_sha) == (False, "")


def test_rename_branch__head_and_base__forgejo_follows_silently(bed: PullBed, hub: PullBed) -> None:
    """Recordings 86-91; GitHub closes those from it."""
    for one, stays in ((bed, True), (hub, False)):
        pull = one.open()
        events = len(pull.issue.events)
        one.forge.rename_branch(one.repo, "main", "trunk", one.owner)
        assert (pull.base_ref, one.repo.default_branch) == ("trunk", "trunk")
        assert len(pull.issue.events) == events
        one.forge.rename_branch(one.repo, "side", "aside", one.owner)
        assert (pull.open, pull.head_exists) == (stays, stays)
