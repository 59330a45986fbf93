"""Noting: facts get the time of the tick that first saw them, and keep it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, RUN_ID, STARTED, config, record, turn
from support.run_factories import (
    FIRST,
    LIMIT_TEXT,
    OTHER_SERVER,
    SECOND,
    UNSEEN,
    VANISHED,
    after_push,
    branch,
    commit,
    ended,
    facts,
    observed,
    pushed,
    removed,
    verdict,
)

from afk.agent_types import Presence
from afk.ci_types import CIVerdict
from afk.forge_types import Branch
from afk.observation import note, run_commits
from afk.run import MAX_PUSHED, Outcome, Purpose, RunRecord, SeenVerdict
from afk.types import CIStatus, Phase, StageResult, ThreadStatus

EARLIER = NOW - timedelta(minutes=10)
OTHER = "d" * 40
DEPLOYED = Phase.DEPLOYED


def noted(before: RunRecord | None = None, **changes: Any) -> RunRecord:
    return note(observed(before, **changes), config())


def test_note__nothing_new__same_record() -> None:
    assert noted() == record()


# --- the run's commits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (f"Greet\n\nAFK-Run: {RUN_ID}", True),
        (f"Greet\n\nAFK-Run: {RUN_ID}\n", True),
        (f"Greet\r\n\r\nAFK-Run: {RUN_ID}\r\n", True),
        (f"AFK-Run:{RUN_ID} \t", True),
        (f"Greet\n\nAFK-Run: {RUN_ID}\nSigned-off-by: Mara", True),
        (f"Greet\n\nAFK-Run: {OTHER[:36]}\nAFK-Run: {RUN_ID}", True),
        (f"Greet AFK-Run: {RUN_ID}", False),
        (f"> AFK-Run: {RUN_ID}", False),
        (f" AFK-Run: {RUN_ID}", False),
        (f"AFK-Run: {RUN_ID} it was", False),
        (f"AFK-Run: {RUN_ID[:8]}", False),
        (f"AFK-Run: {RUN_ID}0", False),
        (f"afk-run: {RUN_ID}", False),
        ("Greet", False),
        ("", False),
    ],
)
def test_run_commits__trailer__is_a_line_of_its_own(*, message: str, found: bool) -> None:
    there = Branch(PUSHED, (replace(commit(), message=message),))

    assert run_commits(there, RUN_ID) == ((PUSHED,) if found else ())


def test_run_commits__several__oldest_first_and_others_left_out() -> None:
    there = Branch("3", (commit("3"), commit("2", "somebody else's"), commit("1")))

    assert run_commits(there, RUN_ID) == ("1", "3")


def test_note__first_push__commits_and_the_time_of_this_tick() -> None:
    result = noted(branch=branch(OTHER, PUSHED))

    assert result.pushed == (PUSHED, OTHER)
    assert result.newest_commit == OTHER
    assert result.pushed_at == NOW
    assert result.phases == {Phase.PUSHED: NOW}


def test_note__same_commits_again__times_stay() -> None:
    before = pushed(pushed_at=EARLIER, phases={Phase.PUSHED: EARLIER})

    assert noted(before, branch=branch(PUSHED)) == before


def test_note__newer_commit__cis_clock_starts_anew_the_phase_stays() -> None:
    before = pushed(pushed_at=EARLIER, phases={Phase.PUSHED: EARLIER})

    result = noted(before, branch=branch(OTHER, PUSHED))

    assert (result.pushed_at, result.phases) == (NOW, {Phase.PUSHED: EARLIER})


def test_note__an_older_commit_shows_up__newest_and_its_time_stay() -> None:
    before = pushed(pushed_at=EARLIER)

    result = noted(before, branch=branch(PUSHED, OTHER))

    assert (result.pushed, result.pushed_at) == ((OTHER, PUSHED), EARLIER)


def test_note__commits_gone_from_a_complete_branch__not_pushed_any_more() -> None:
    result = noted(pushed(pushed_at=EARLIER), branch=branch())

    assert (result.pushed, result.pushed_at) == ((), EARLIER)


def test_note__branch_read_in_part__absence_proves_nothing() -> None:
    before = pushed(pushed_at=EARLIER)

    assert noted(before, branch=branch(complete=False)).pushed == (PUSHED,)
    result = noted(before, branch=branch(OTHER, PUSHED, complete=False))
    assert result.pushed == (PUSHED, OTHER)


def test_note__more_commits_than_a_record_holds__the_newest_are_kept() -> None:
    shas = [f"{number:040x}" for number in range(MAX_PUSHED + 3, 0, -1)]

    result = noted(branch=branch(*shas))

    assert len(result.pushed) == MAX_PUSHED
    assert result.newest_commit == shas[0]
    assert noted(result, branch=branch(*shas)) == result


# --- the turn ----------------------------------------------------------------------------------


def test_note__intended_turn_shown__was_accepted() -> None:
    """A tick that died between sending and recording is made up for."""
    intended = turn(2, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)
    before = record(turns=(ended(turn()), intended))
    thread = facts(requested_at={FIRST: STARTED, SECOND: EARLIER})

    result = noted(before, thread=thread)

    assert result.turns[-1] == replace(intended, sent_at=NOW, requested_at=EARLIER)
    assert result.turns[0] == before.turns[0]


def test_note__sent_turn_shown__t3s_time_is_kept_and_ours_stays() -> None:
    before = record(turns=(turn(sent_at=EARLIER, requested_at=None),))

    result = noted(before).turns[0]

    assert (result.sent_at, result.requested_at) == (EARLIER, STARTED)


@pytest.mark.parametrize("thread", [facts(), facts(ThreadStatus.IDLE), VANISHED])
def test_note__intended_turn_not_shown__stays_intended(thread: Any) -> None:
    """A present thread that lacks the message shows nothing of this turn, whatever its state."""
    intended = turn(2, Purpose.FIX_FORWARD, sent_at=None, requested_at=None)
    before = record(turns=(ended(turn()), intended))

    assert noted(before, thread=thread).turns == before.turns


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (ThreadStatus.IDLE, Outcome.COMPLETED),
        (ThreadStatus.ERROR, Outcome.ERROR),
        (ThreadStatus.INTERRUPTED, Outcome.INTERRUPTED),
        (ThreadStatus.RUNNING, None),
        (ThreadStatus.NEEDS_HUMAN, None),
        (None, None),
    ],
)
def test_note__end_of_the_turn__kept_the_first_time_it_is_seen(
    status: ThreadStatus | None, outcome: Outcome | None
) -> None:
    result = noted(thread=facts(status)).turns[0]

    assert result.outcome is outcome
    assert result.outcome_at == (NOW if outcome else None)


@pytest.mark.parametrize("status", [*ThreadStatus, None])
@pytest.mark.parametrize("outcome", Outcome)
def test_note__end_already_seen__nothing_shown_later_changes_it(
    outcome: Outcome, status: ThreadStatus | None
) -> None:
    """T3 forgets ends: a stop turns {ready, completed} into {stopped, null} (58-2)."""
    before = record(turns=(ended(turn(), outcome),))

    for thread in (facts(status, error=LIMIT_TEXT), VANISHED):
        assert noted(before, thread=thread).turns == before.turns


def test_note__sent_turn_that_the_thread_does_not_show__not_ended_by_an_older_state() -> None:
    """Right after a second message T3 still shows the first turn's end for 50 to 220 ms."""
    before = record(turns=(ended(turn()), turn(2, Purpose.FIX_FORWARD, requested_at=None)))

    assert noted(before, thread=facts(ThreadStatus.IDLE)).turns == before.turns


def test_note__thread_vanished__ends_a_sent_turn() -> None:
    assert noted(thread=VANISHED).turns[0].outcome is Outcome.VANISHED


@pytest.mark.parametrize(
    "thread", [UNSEEN, OTHER_SERVER, removed(Presence.ARCHIVED), removed(Presence.DELETED)]
)
def test_note__thread_not_shown_for_another_reason__ends_no_turn(thread: Any) -> None:
    assert noted(thread=thread).turns[0].outcome is None


@pytest.mark.parametrize("status", [ThreadStatus.IDLE, ThreadStatus.INTERRUPTED, None])
def test_note__limits_text_without_a_failure__is_no_limit(status: ThreadStatus | None) -> None:
    """On 0.0.28 an old error is still shown while the next turn runs (31b)."""
    result = noted(thread=facts(status, error=LIMIT_TEXT))

    assert (result.times_limited, result.limited_at, result.next_try) == (0, None, None)


def test_note__run_without_turns__nothing_to_note() -> None:
    assert noted(record(turns=())) == record(turns=())


# --- CI ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [CIStatus.GREEN, CIStatus.RED])
def test_note__a_verdict__kept_with_the_time_of_the_tick_that_first_saw_it(
    status: CIStatus,
) -> None:
    first = noted(**after_push(status))
    again = noted(first, now=NOW + timedelta(minutes=5), **after_push(status))

    assert first.seen_verdict == SeenVerdict(sha=PUSHED, status=status, at=NOW)
    assert again.seen_verdict == first.seen_verdict
    assert again.first_red_at == (NOW if status is CIStatus.RED else None)


def test_note__another_word_or_another_commit__is_a_new_verdict() -> None:
    """The grace for a running turn counts from the tick that first saw this verdict."""
    before = noted(**after_push(CIStatus.RED))
    later = NOW + timedelta(minutes=5)

    other_word = note(observed(before, now=later, **after_push(CIStatus.GREEN)), config())
    newer = {"branch": branch(OTHER, PUSHED), "verdict": verdict(CIStatus.RED, OTHER)}
    other_commit = note(observed(before, now=later, **newer), config())

    for result in (other_word, other_commit):
        assert result.seen_verdict is not None
        assert result.seen_verdict.at == later


def test_note__the_runs_first_red__stays_over_later_verdicts() -> None:
    first = noted(**after_push(CIStatus.RED))
    later = NOW + timedelta(minutes=30)

    for status in (CIStatus.PENDING, CIStatus.GREEN, CIStatus.RED):
        seen = {"branch": branch(OTHER, PUSHED), "verdict": verdict(status, OTHER)}
        assert note(observed(first, now=later, **seen), config()).first_red_at == NOW


@pytest.mark.parametrize("status", [None, CIStatus.PENDING])
def test_note__no_final_word__is_no_verdict(status: CIStatus | None) -> None:
    result = noted(**after_push(status))

    assert (result.seen_verdict, result.first_red_at) == (None, None)


def test_note__verdict_on_another_commit__is_not_the_runs() -> None:
    for there in (branch(), branch(PUSHED)):
        result = noted(verdict=verdict(CIStatus.RED, OTHER), branch=there)
        assert (result.seen_verdict, result.first_red_at) == (None, None)


# --- phases ------------------------------------------------------------------------------------


def test_note__phases_the_agent_printed__first_times_stay() -> None:
    before = record(phases={Phase.WORKTREE: EARLIER})
    said = {Phase.WORKTREE: NOW, Phase.TESTS_RED: NOW}

    result = noted(before, thread=facts(phases=said))

    assert result.phases == {Phase.WORKTREE: EARLIER, Phase.TESTS_RED: NOW}


def test_note__build_green_and_deploy_open__only_ci_is_ticked() -> None:
    stages = (
        StageResult("build", CIStatus.GREEN, "tests"),
        StageResult("deploy", CIStatus.PENDING, "release"),
    )
    seen = {**after_push(None), "verdict": CIVerdict(PUSHED, CIStatus.PENDING, stages)}

    assert set(noted(**seen).phases) == {Phase.PUSHED, Phase.CI}


def test_note__green__deployed_is_ticked_where_something_is_deployed() -> None:
    build = StageResult("build", CIStatus.GREEN, "tests")
    for stages, more in (((build,), set()), ((build, replace(build, stage="deploy")), {DEPLOYED})):
        seen = {**after_push(None), "verdict": CIVerdict(PUSHED, CIStatus.GREEN, stages)}
        assert set(noted(**seen).phases) == {Phase.PUSHED, Phase.CI, *more}
