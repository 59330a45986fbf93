"""Pull requests: opened, closed, reopened, retargeted; drafts; whether they merge.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, PullBed

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.pull_records import Mergeable
from afk_sandbox.forge.pulls import NothingBetween, NotPossible, PullExists

# Opening


def test_open__from_a_branch__shares_numbers_and_timeline_with_issues(bed: PullBed) -> None:
    issue = bed.forge.open_issue(bed.repo, "broken", bed.owner)
    pull = bed.open(body=f"Closes #{issue.number}")
    assert (pull.number, pull.issue.is_pull, pull.open, pull.from_fork) == (2, True, True, False)
    assert bed.forge.pull("owner/shop#2") is pull
    assert bed.forge.pulls(bed.repo) == [pull]
    assert bed.kinds(pull.issue) == [EventKind.PUSHED]
    assert pull.issue.events[0].commits == (pull.head_sha,)
    (mention,) = issue.events
    assert (mention.kind, mention.other, mention.closes) == (
        EventKind.MENTIONED,
        pull.issue,
        True,
    )
    with pytest.raises(KeyError):
        bed.forge.pull("owner/shop#1")


def test_mention__without_a_keyword_or_by_an_issue__closes_nothing(bed: PullBed) -> None:
    issue = bed.forge.open_issue(bed.repo, "broken", bed.owner)
    bed.open(body=f"see #{issue.number}")
    bed.forge.open_issue(bed.repo, "other", bed.owner, f"closes #{issue.number}")
    assert [event.closes for event in issue.events] == [False, False]


@BEDS
def test_open__twin__is_refused_and_named_but_not_for_another_base(bed: PullBed) -> None:
    """Recordings 3, 9; a closed one does not block (6)."""
    pull = bed.open()
    with pytest.raises(PullExists) as refused:
        bed.forge.open_pull(bed.repo, bed.bot, "side", title="again")
    assert refused.value.pull is pull
    bed.push("dev", text="d.py:1=1")
    other = bed.forge.open_pull(bed.repo, bed.bot, "side", title="other", base="dev")
    bed.forge.close(pull.issue, bed.bot)
    again = bed.forge.open_pull(bed.repo, bed.bot, "side", title="again")
    assert [one.number for one in bed.forge.pulls(bed.repo)] == [1, 2, 3]
    assert (other.open, again.open, pull.closed_by) == (True, True, bed.bot)


def test_open__by_a_stranger_from_somebody_elses_branch__is_his(bed: PullBed) -> None:
    """Recordings 2, 4, 281."""
    bed.push("side")
    pull = bed.forge.open_pull(bed.repo, bed.stranger, "side", title="mine")
    assert (pull.author, pull.pushed_by) == (bed.stranger, bed.stranger)


@BEDS
def test_open__unknown_branches_or_the_base_itself__are_refused(bed: PullBed) -> None:
    bed.push("side")
    for head, base in (("nope", "main"), ("side", "nope")):
        with pytest.raises(NoBranch, match="nope"):
            bed.forge.open_pull(bed.repo, bed.bot, head, title="x", base=base)
    with pytest.raises(NothingBetween):
        bed.forge.open_pull(bed.repo, bed.bot, "main", title="x")
    assert bed.forge.pulls(bed.repo) == []


def test_open__no_commits_between__forgejo_opens_github_refuses(bed: PullBed, hub: PullBed) -> None:
    """Recordings 12, 46."""
    for one in (bed, hub):
        one.forge.create_branch(one.repo, "same", one.repo.branches["main"], one.bot)
    pull = bed.forge.open_pull(bed.repo, bed.bot, "same", title="x")
    assert bed.forge.mergeability(pull) is Mergeable.CLEAN
    with pytest.raises(NothingBetween):
        hub.forge.open_pull(hub.repo, hub.bot, "same", title="x")


def test_open__from_a_fork__knows_its_commits_and_follows_it(bed: PullBed) -> None:
    copy = bed.forge.fork(bed.repo, bed.stranger)
    bed.forge.push(copy, "patch", "mine", bed.stranger)
    pull = bed.forge.open_pull(bed.repo, bed.stranger, "patch", title="x", head_repo=copy)
    sha = bed.forge.push(copy, "patch", "more", bed.stranger)
    assert (pull.from_fork, pull.head_sha, sha in bed.repo.commits) == (True, sha, True)
    bed.forge.push(bed.repo, "patch", "same name", bed.bot)
    assert pull.head_sha == sha
    bed.forge.delete_repository(copy)
    assert (pull.head_repo, pull.head_exists, pull.from_fork) == (None, False, True)


# Drafts


@pytest.mark.parametrize(
    ("title", "draft"),
    [("WIP: x", True), ("[WIP] x", True), ("wip: x", True), ("Draft: x", False), ("x", False)],
)
def test_draft__on_forgejo__is_in_the_title(bed: PullBed, title: str, draft: bool) -> None:
    """Recordings 15-19."""
    pull = bed.open()
    bed.forge.edit_title(pull.issue, bed.bot, title)
    assert bed.forge.is_draft(pull) is draft
    bed.forge.set_draft(pull, bed.writer, draft=False)
    assert not bed.forge.is_draft(pull)
    bed.forge.set_draft(pull, bed.writer, draft=True)
    assert pull.issue.title.startswith("WIP: ")
    assert bed.forge.is_draft(pull)


def test_draft__on_github__is_a_field_with_events(hub: PullBed) -> None:
    hub.push("side")
    pull = hub.forge.open_pull(hub.repo, hub.bot, "side", title="WIP: x", draft=True)
    assert hub.forge.is_draft(pull)
    for draft in (False, False, True):
        hub.forge.set_draft(pull, hub.writer, draft=draft)
    assert hub.kinds(pull.issue) == [EventKind.PUSHED, EventKind.READIED, EventKind.DRAFTED]
    assert pull.issue.title == "WIP: x"


# Closing, reopening, retargeting


def test_reopen__on_forgejo__beside_a_twin_and_without_the_branch(bed: PullBed) -> None:
    """Recordings 81, 264."""
    pull = bed.open()
    bed.forge.close(pull.issue, bed.writer)
    bed.forge.open_pull(bed.repo, bed.bot, "side", title="twin")
    bed.forge.reopen(pull.issue, bed.writer)
    assert (pull.open, pull.closed_by) == (True, None)
    bed.forge.delete_branch(bed.repo, "side", bed.writer)
    bed.forge.reopen(pull.issue, bed.writer)
    assert (pull.open, pull.head_exists) == (True, False)
    bed.forge.reopen(pull.issue, bed.writer)
    assert bed.kinds(pull.issue).count(EventKind.REOPENED) == 2


def test_reopen__on_github__not_beside_a_twin_nor_moved_nor_without_the_branch(
    hub: PullBed,
) -> None:
    """https://github.com/cli/cli/issues/14223 and the web's own refusals."""
    pull = hub.open()
    hub.forge.close(pull.issue, hub.writer)
    twin = hub.forge.open_pull(hub.repo, hub.bot, "side", title="twin")
    with pytest.raises(NotPossible, match="twin"):
        hub.forge.reopen(pull.issue, hub.writer)
    hub.forge.close(twin.issue, hub.writer)
    hub.push("side")
    with pytest.raises(NotPossible, match="moved"):
        hub.forge.reopen(pull.issue, hub.writer)
    hub.forge.delete_branch(hub.repo, "side", hub.writer)
    with pytest.raises(NotPossible, match="branch"):
        hub.forge.reopen(pull.issue, hub.writer)
    assert not pull.open


@BEDS
def test_retarget__to_another_branch__is_told_and_checked_anew(bed: PullBed) -> None:
    """Recordings 88, 89, 263."""
    pull = bed.open()
    bed.push("dev", text="app.py:2=z")
    bed.forge.retarget(pull, bed.writer, "dev")
    event = pull.issue.events[-1]
    assert (event.kind, event.old, event.new) == (EventKind.BASE_CHANGED, "main", "dev")
    assert pull.base_sha == bed.repo.branches["dev"]
    bed.known(pull)
    assert bed.forge.mergeability(pull) is Mergeable.CONFLICT
    events = len(pull.issue.events)
    bed.forge.retarget(pull, bed.writer, "dev")
    assert len(pull.issue.events) == events
    with pytest.raises(NoBranch):
        bed.forge.retarget(pull, bed.writer, "nope")
    bed.forge.open_pull(bed.repo, bed.bot, "side", title="twin")
    with pytest.raises(PullExists):
        bed.forge.retarget(pull, bed.writer, "main")
    bed.forge.close(pull.issue, bed.writer)
    with pytest.raises(NotPossible, match="closed"):
        bed.forge.retarget(pull, bed.writer, "main")


# Mergeability


def test_mergeability__forgejo__right_when_born_then_stale_then_unknown_then_right(
    bed: PullBed,
) -> None:
    """Recordings 6, 47, 52, 62."""
    bed.push("side", text="app.py:2=b")
    pull = bed.forge.open_pull(bed.repo, bed.bot, "side", title="x")
    assert bed.forge.mergeability(pull) is Mergeable.CLEAN
    bed.push("main", text="app.py:2=z", actor=bed.owner)
    seen = []
    for _ in range(5):
        seen.append(bed.forge.mergeability(pull))
        bed.wait(0.15)
    assert seen == [
        Mergeable.CLEAN,
        Mergeable.CLEAN,
        Mergeable.UNKNOWN,
        Mergeable.CONFLICT,
        Mergeable.CONFLICT,
    ]


def test_mergeability__born_with_a_conflict__says_so_at_once(bed: PullBed) -> None:
    """Recording 62."""
    bed.push("side", text="app.py:2=b")
    bed.push("main", text="app.py:2=z", actor=bed.owner)
    pull = bed.forge.open_pull(bed.repo, bed.bot, "side", title="x")
    assert bed.forge.mergeability(pull) is Mergeable.CONFLICT


def test_mergeability__github__unknown_until_asked_and_again_after_every_push(
    hub: PullBed,
) -> None:
    """``github`` recordings 101-104: asked for by reading."""
    hub.push("side", text="app.py:2=b")
    pull = hub.forge.open_pull(hub.repo, hub.bot, "side", title="x")
    for branch, text in (("", ""), ("side", "b.py:1=1"), ("main", "c.py:1=1")):
        if branch:
            hub.push(branch, text=text)
        hub.wait(600)
        assert hub.forge.mergeability(pull) is Mergeable.UNKNOWN
        hub.wait(1)
        assert hub.forge.mergeability(pull) is Mergeable.UNKNOWN
        hub.wait(2)
        assert hub.forge.mergeability(pull) is Mergeable.CLEAN


# What it closes


def test_closes__texts_as_they_stand__title_and_any_base_on_forgejo_only(
    bed: PullBed, hub: PullBed
) -> None:
    """Recordings s8, 259."""
    for one, numbers in ((bed, [1, 2]), (hub, [2])):
        for _ in range(3):
            one.forge.open_issue(one.repo, "i", one.owner)
        pull = one.open(body="Fixes #2, #3; `closes #3` <!-- closes #3 -->")
        one.forge.edit_title(pull.issue, one.bot, "Closes #1")
        assert [issue.number for issue in one.forge.closes(pull)] == numbers
        one.push("dev")
        one.forge.retarget(pull, one.bot, "dev")
        assert bool(one.forge.closes(pull)) is (one is bed)
        one.forge.edit_body(pull.issue, one.bot, f"closes #{pull.number} nobody/here#1")
        one.forge.edit_title(pull.issue, one.bot, "x")
        assert one.forge.closes(pull) == []
