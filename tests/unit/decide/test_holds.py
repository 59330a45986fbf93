"""What a run waits for that is not its own doing: another run's limit, a tip above its commit."""

from datetime import timedelta

from support.factories import NOW, PUSHED, changed, config, record
from support.run_factories import after_push, branch, facts, observed, pushed

from afk.decide.decision import wait
from afk.decide.lifecycle import with_deadline
from afk.decide.observation import note
from afk.model.ci import CIVerdict
from afk.record.groups import SeenHead
from afk.types import Action, CIStatus, Reason, ThreadStatus

HOUR = timedelta(hours=1)
TIP = "f" * 40


def test_budget_now__held_by_another_runs_limit__stands_still() -> None:
    held = record(held_at=NOW - 3 * HOUR)

    assert held.pauses.budget_now(NOW) == NOW - 3 * HOUR


def test_resumed__after_being_held__clocks_move_on_and_nothing_counts_as_waited() -> None:
    held = record(held_at=NOW - 3 * HOUR, first_red_at=NOW - 4 * HOUR)

    after = held.resumed(NOW)

    assert after.pauses.held_at is None
    assert after.commits.first_red_at == NOW - HOUR
    assert after.pauses.paused_seconds == 3 * 3600
    assert after.pauses.waited_seconds == 0


def test_resumed__held_and_limited__the_longer_pause_counts_once() -> None:
    held = record(held_at=NOW - HOUR, limited_at=NOW - 2 * HOUR, first_red_at=NOW - 4 * HOUR)

    after = held.resumed(NOW)

    assert (after.pauses.held_at, after.pauses.limited_at) == (None, None)
    assert after.commits.first_red_at == NOW - 2 * HOUR
    assert after.pauses.paused_seconds == 2 * 3600


def test_seen_again__while_held__clocks_stand_still_anyway() -> None:
    before = record(held_at=NOW - 3 * HOUR, unseen_at=NOW - HOUR, first_red_at=NOW - 4 * HOUR)

    assert before.seen_again(NOW).commits.first_red_at == NOW - 4 * HOUR


def test_with_deadline__held_turn__no_deadline_of_a_clock_that_stands_still() -> None:
    """Six hours without a push end a run, but not those spent held."""
    late = NOW + 6 * HOUR
    run = record(held_at=NOW)
    seen = observed(run, thread=facts(ThreadStatus.ERROR), now=late)

    held = with_deadline(run, seen, config(), wait("turn-gate", "closed"))
    free = with_deadline(changed(run, held_at=None), seen, config(), wait("turn-gate", "unknown"))

    assert held.action is Action.WAIT
    assert (free.action, free.reason) == (Action.ESCALATE_PREPUSH, Reason.PREPUSH_DEADLINE)


def test_note__tip_above_a_superseded_commit__first_sight_is_kept() -> None:
    waits = {
        "verdict": CIVerdict(PUSHED, CIStatus.PENDING, superseded=True),
        "branch": branch(PUSHED),
    }
    first = note(observed(pushed(), above=TIP, **waits), config())
    again = note(observed(first, above=TIP, now=NOW + HOUR, **waits), config())
    moved = note(observed(again, above="e" * 40, now=NOW + 2 * HOUR, **waits), config())

    assert first.commits.seen_head == SeenHead(sha=TIP, at=NOW)
    assert again.commits.seen_head == first.commits.seen_head
    assert moved.commits.seen_head == SeenHead(sha="e" * 40, at=NOW + 2 * HOUR)


def test_note__own_commit_decides__no_tip_is_kept() -> None:
    noted = note(observed(pushed(), **after_push(CIStatus.GREEN)), config())

    assert noted.commits.seen_head is None
