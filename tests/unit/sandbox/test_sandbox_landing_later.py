"""What the forge does by itself: merge queues, merges left to it.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import ON_PULLS, PullBed

from afk_sandbox.forge.ci import CI
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import EntryState, Pull, Verdict, Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.rules_of_branches import Method, Protection, Queue

REQUIRED = ("build", "test")


def _queued(**demands: object) -> tuple[PullBed, Protection]:
    bed = PullBed(github=True, workflows=ON_PULLS)
    rule = bed.forge.protect(
        bed.repo, "main", ruleset=True, required=REQUIRED, queue=Queue(seconds=600), **demands
    )
    return bed, rule


def _green(bed: PullBed, branch: str, message: str = "work", text: str = "") -> Pull:
    bed.push(branch, message, text=text or f"{branch}.py:1=1")
    pull = bed.forge.open_pull(bed.repo, bed.bot, branch, title=branch)
    bed.wait(60)
    return pull


def _pass(bed: PullBed, seconds: float) -> None:
    for _ in range(10):
        bed.wait(seconds / 10)
        bed.forge.settle()


def _reasons(pull: Pull) -> list[str]:
    return [one.new for one in pull.issue.events if one.kind is EventKind.DEQUEUED]


def test_queue__green_group__is_merged_at_the_groups_commit() -> None:
    bed, rule = _queued(up_to_date=True)
    pull = _green(bed, "side")
    bed.push("main", "CI: none", text="c.py:1=1", actor=bed.owner)
    with pytest.raises(MergeRefused) as refused:
        bed.forge.merge(pull, bed.bot)
    assert {one.obstacle for one in refused.value.blocks} == {Obstacle.BEHIND, Obstacle.QUEUE}
    entry = bed.forge.enqueue(pull, bed.bot, head=pull.head_sha)
    assert (entry.state, entry.head, entry.onto) == (
        EntryState.AWAITING_CHECKS,
        pull.head_sha,
        pull.base_sha,
    )
    assert bed.forge.enqueue(pull, bed.bot) is entry
    assert bed.repo.branches[entry.branch] == entry.group
    (run,) = [one for one in bed.repo.runs if one.event == "merge_group"]
    assert (run.sha, run.branch) == (entry.group, f"gh-readonly-queue/main/pr-1-{entry.onto}")
    bed.wait(2)
    bed.forge.settle()
    assert pull.entry is entry
    _pass(bed, 60)
    assert pull.merge is not None
    assert (pull.merge.commit, bed.repo.branches["main"]) == (entry.group, entry.group)
    assert (_reasons(pull), entry.branch in bed.repo.branches) == (["MERGE"], False)
    assert rule.queue is bed.forge.queue(bed.repo, "main")


def test_queue__two_entries__the_second_stands_on_the_first_and_on_main_when_that_fails() -> None:
    bed, _ = _queued()
    one = _green(bed, "one", "work\n\nCI-Queue: red")
    two = _green(bed, "two")
    first, second = bed.forge.enqueue(one, bed.bot), bed.forge.enqueue(two, bed.bot)
    assert second.onto == first.group
    assert bed.forge.entries(bed.repo, "main") == [first, second]
    _pass(bed, 200)
    assert (one.merge, _reasons(one), one.open) == (None, ["CI_FAILURE"], True)
    assert two.merge is not None
    assert _reasons(two) == ["MERGE"]
    assert ("one.py", 1) not in bed.forge.tree(bed.repo, bed.repo.branches["main"])


def test_queue__nothing_starts_on_merge_group__dropped_after_its_time() -> None:
    bed = PullBed(github=True, workflows=(CI,))
    bed.forge.protect(bed.repo, "main", required=REQUIRED, queue=Queue(seconds=600))
    pull = _green(bed, "side")
    bed.forge.enqueue(pull, bed.bot)
    _pass(bed, 500)
    assert pull.entry is not None
    _pass(bed, 200)
    assert (pull.merge, _reasons(pull)) == (None, ["CI_TIMEOUT"])


def test_queue__by_a_jobs_own_token__starts_no_runs() -> None:
    """https://github.com/loopdive/js2/issues/1790."""
    bed, _ = _queued()
    pull = _green(bed, "side")
    bed.bot.job_token = True
    bed.forge.enqueue(pull, bed.bot)
    assert [one for one in bed.repo.runs if one.event == "merge_group"] == []


def test_queue__conflict_with_an_earlier_entry__is_dropped() -> None:
    bed, _ = _queued()
    one = _green(bed, "one", text="app.py:2=1")
    bed.forge.move_branch(bed.repo, "two", one.base_sha, bed.bot)
    two = _green(bed, "two", text="app.py:2=2")
    bed.forge.enqueue(one, bed.bot)
    bed.forge.enqueue(two, bed.bot)
    assert _reasons(two) == ["MERGE_CONFLICT"]
    assert one.entry is not None


def test_queue__refuses_what_is_not_ready_or_not_the_head() -> None:
    bed, rule = _queued(approvals=1)
    pull = _green(bed, "side")
    for head, obstacle in (("0" * 40, Obstacle.HEAD_MOVED), ("", Obstacle.APPROVALS)):
        with pytest.raises(MergeRefused) as refused:
            bed.forge.enqueue(pull, bed.bot, head=head)
        assert refused.value.obstacle is obstacle
    bed.forge.unprotect(bed.repo, rule)
    with pytest.raises(MergeRefused) as refused:
        bed.forge.enqueue(pull, bed.bot)
    assert refused.value.obstacle is Obstacle.NOT_ALLOWED
    assert pull.entry is None


def test_queue__push_close_and_by_hand__take_an_entry_out_and_no_rule_clears_it() -> None:
    bed, rule = _queued()
    pull = _green(bed, "side")
    bed.forge.enqueue(pull, bed.bot)
    bed.push("side")
    bed.wait(60)
    bed.forge.enqueue(pull, bed.bot)
    bed.forge.dequeue(pull, bed.writer)
    bed.forge.dequeue(pull, bed.writer)
    bed.forge.enqueue(pull, bed.bot)
    bed.forge.close(pull.issue, bed.writer)
    bed.forge.reopen(pull.issue, bed.writer)
    bed.wait(60)
    bed.forge.enqueue(pull, bed.bot)
    bed.forge.unprotect(bed.repo, rule)
    bed.forge.settle()
    assert _reasons(pull) == ["UNKNOWN_REMOVAL_REASON", "MANUAL", "MANUAL", "QUEUE_CLEARED"]
    assert (pull.merge, list(bed.repo.branches)) == (None, ["main", "side"])


def test_queue__base_pushed_to__the_group_is_made_anew() -> None:
    bed, _ = _queued()
    pull = _green(bed, "side")
    entry = bed.forge.enqueue(pull, bed.bot)
    former = entry.group
    tip = bed.push("main", "CI: none", text="c.py:1=1", actor=bed.owner)
    bed.forge.settle()
    assert (entry.onto, entry.group == former) == (tip, False)
    _pass(bed, 60)
    assert bed.forge.contains(bed.repo, bed.repo.branches["main"], tip)
    assert pull.merge is not None


# Merges left to the forge


def test_schedule__forgejo__hangs_until_something_happens_then_merges_any_head(
    bed: PullBed,
) -> None:
    """Recordings 162, 206, 284 and observation s10: the head it was asked at is ignored."""
    pull = bed.open()
    bed.forge.post_status(bed.repo, pull.head_sha, "success", bed.owner)
    bed.wait(60)
    bed.forge.schedule_merge(pull, bed.bot, Wish(method=Method.SQUASH, head="0" * 40))
    with pytest.raises(NotPossible, match="scheduled"):
        bed.forge.schedule_merge(pull, bed.bot)
    _pass(bed, 600)
    assert pull.merge is None
    for state in ("pending", "failure"):
        bed.forge.post_status(bed.repo, pull.head_sha, state, bed.owner, context="other")
        _pass(bed, 10)
    assert pull.merge is None
    sha = bed.push("side", text="app.py:4=d", actor=bed.writer)
    _pass(bed, 10)
    assert pull.merge is not None
    assert (pull.merge.head, pull.merge.by, pull.merge.method) == (sha, bed.bot, Method.SQUASH)


def test_schedule__rule_in_the_way__waits_for_it_and_can_be_taken_back(bed: PullBed) -> None:
    """Recordings 199-205."""
    pull = bed.open()
    bed.forge.protect(bed.repo, "main", approvals=1)
    with pytest.raises(NotPossible, match="unscheduled"):
        bed.forge.unschedule_merge(pull, bed.bot)
    bed.forge.schedule_merge(pull, bed.bot)
    bed.forge.unschedule_merge(pull, bed.bot)
    bed.forge.schedule_merge(pull, bed.bot)
    bed.wait(60)
    bed.forge.post_status(bed.repo, pull.head_sha, "success", bed.owner)
    _pass(bed, 60)
    assert pull.merge is None
    bed.forge.review(pull, bed.writer, Verdict.APPROVED)
    _pass(bed, 60)
    assert pull.merge is not None
    kinds = bed.kinds(pull.issue)
    assert [kind for kind in kinds if kind in (EventKind.SCHEDULED, EventKind.UNSCHEDULED)] == [
        EventKind.SCHEDULED,
        EventKind.UNSCHEDULED,
        EventKind.SCHEDULED,
    ]


def test_schedule__cannot_be__draft_off_or_nothing_missing(bed: PullBed, hub: PullBed) -> None:
    """Recording 152; GitHub's "clean status" (its recording 143)."""
    for one in (bed, hub):
        pull = one.open()
        one.forge.set_draft(pull, one.bot, draft=True)
        with pytest.raises(NotPossible, match="draft"):
            one.forge.schedule_merge(pull, one.bot)
        one.repo.merging.automatic = False
        with pytest.raises(NotPossible, match="off"):
            one.forge.schedule_merge(pull, one.bot)
        one.repo.merging.automatic = True
        one.forge.set_draft(pull, one.bot, draft=False)
    with pytest.raises(NotPossible, match="clean"):
        hub.forge.schedule_merge(hub.forge.pulls(hub.repo)[0], hub.bot)


def test_schedule__scheduler_has_lost_his_rights__nothing_is_merged(bed: PullBed) -> None:
    pull = bed.open()
    bed.forge.schedule_merge(pull, bed.bot)
    bed.forge.set_access(bed.repo, bed.bot, "none")
    bed.wait(1)
    bed.push("side", actor=bed.writer)
    _pass(bed, 10)
    assert (pull.open, pull.merge) == (True, None)


def test_schedule__github__merges_once_nothing_is_missing_or_joins_the_queue() -> None:
    bed, rule = _queued()
    pull = _green(bed, "side", "work\n\nCI: slow")
    bed.forge.schedule_merge(pull, bed.bot)
    assert pull.entry is None
    _pass(bed, 900)
    assert (pull.schedule, pull.merge is not None) == (None, True)
    assert EventKind.QUEUED in bed.kinds(pull.issue)
    rule.queue = None
    other = _green(bed, "other", "work\n\nCI: slow")
    bed.forge.schedule_merge(other, bed.bot)
    _pass(bed, 900)
    assert (other.merge is not None, EventKind.QUEUED in bed.kinds(other.issue)) == (True, False)


def test_schedule__forgejo__a_job_that_succeeds_lets_it_try() -> None:
    """Observation s10."""
    bed = PullBed(workflows=(CI,))
    bed.push("side", "work\n\nCI: red")
    pull = bed.forge.open_pull(bed.repo, bed.bot, "side", title="x")
    bed.forge.schedule_merge(pull, bed.bot)
    bed.forge.settle()
    assert pull.merge is None
    _pass(bed, 60)
    assert pull.merge is not None
