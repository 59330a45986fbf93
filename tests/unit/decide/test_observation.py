"""Noting: facts get the time of the tick that first saw them, and keep it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, RUN_ID, config, record
from support.run_factories import (
    after_push,
    branch,
    commit,
    facts,
    observed,
    pushed,
    verdict,
)

from afk.decide.observation import note, run_commits
from afk.model.agent import PendingRequest, RequestKind
from afk.model.ci import Check, CheckState, CIVerdict
from afk.model.forge import Branch
from afk.record.groups import MAX_PUSHED, SeenVerdict
from afk.record.state import MAX_ASKED, Asked, RunRecord
from afk.text.failing import failed_digest
from afk.text.questions import digest
from afk.types import CIStatus, Phase, StageResult

EARLIER = NOW - timedelta(minutes=10)
OTHER = "d" * 40
DEPLOYED = Phase.DEPLOYED
RED = verdict(CIStatus.RED)


def noted(before: RunRecord | None = None, **changes: Any) -> RunRecord:
    return note(observed(before, **changes), config())


def test_note__nothing_new__same_record() -> None:
    assert noted() == record()


# --- what the agent asks -----------------------------------------------------------------------


def test_note__what_the_agent_asks__is_noted_once_and_by_its_digest_alone() -> None:
    request = PendingRequest("r", RequestKind.QUESTION, text="Which color?")
    asking = facts(pending=(request,))
    (asked,) = noted(thread=asking).dialogue.asked
    assert asked == Asked(id="r", at=NOW, digest=digest("Which color?"))
    before = record(asked=(replace(asked, at=EARLIER),))
    assert noted(before, thread=asking) == before


def test_note__an_agent_that_never_stops_asking__is_noted_a_few_times() -> None:
    many = tuple(PendingRequest(f"r{n}", RequestKind.APPROVAL) for n in range(MAX_ASKED + 3))
    found = noted(thread=facts(pending=many))
    assert [one.id for one in found.dialogue.asked] == [f"r{n}" for n in range(MAX_ASKED)]
    assert noted(found, thread=facts(pending=many)).dialogue.asked == found.dialogue.asked


# --- the run's commits -------------------------------------------------------------------------


def test_run_commits__several__oldest_first_and_others_left_out() -> None:
    there = Branch("3", (commit("3"), commit("2", "somebody else's"), commit("1")))

    assert run_commits(there, RUN_ID) == ("1", "3")


def test_note__first_push__commits_and_the_time_of_this_tick() -> None:
    result = noted(branch=branch(OTHER, PUSHED))

    assert result.commits.pushed == (PUSHED, OTHER)
    assert result.newest_commit == OTHER
    assert result.commits.pushed_at == NOW
    assert result.phases == {Phase.PUSHED: NOW}


def test_note__same_commits_again__times_stay() -> None:
    before = pushed(pushed_at=EARLIER, phases={Phase.PUSHED: EARLIER})

    assert noted(before, branch=branch(PUSHED)) == before


def test_note__newer_commit__cis_clock_starts_anew_the_phase_stays() -> None:
    before = pushed(pushed_at=EARLIER, phases={Phase.PUSHED: EARLIER})

    result = noted(before, branch=branch(OTHER, PUSHED))

    assert (result.commits.pushed_at, result.phases) == (NOW, {Phase.PUSHED: EARLIER})


def test_note__an_older_commit_shows_up__newest_and_its_time_stay() -> None:
    before = pushed(pushed_at=EARLIER)

    result = noted(before, branch=branch(PUSHED, OTHER))

    assert (result.commits.pushed, result.commits.pushed_at) == ((OTHER, PUSHED), EARLIER)


def test_note__commits_gone_from_a_complete_branch__what_was_pushed_is_not_forgotten() -> None:
    """Else it would look like an agent that pushed nothing."""
    result = noted(pushed(pushed_at=EARLIER), branch=branch())

    assert (result.commits.pushed, result.commits.pushed_at) == ((PUSHED,), EARLIER)


def test_note__branch_read_in_part__absence_proves_nothing() -> None:
    before = pushed(pushed_at=EARLIER)

    assert noted(before, branch=branch(complete=False)).commits.pushed == (PUSHED,)
    result = noted(before, branch=branch(OTHER, PUSHED, complete=False))
    assert result.commits.pushed == (PUSHED, OTHER)


def test_note__more_commits_than_a_record_holds__the_newest_are_kept() -> None:
    shas = [f"{number:040x}" for number in range(MAX_PUSHED + 3, 0, -1)]

    result = noted(branch=branch(*shas))

    assert len(result.commits.pushed) == MAX_PUSHED
    assert result.newest_commit == shas[0]
    assert noted(result, branch=branch(*shas)) == result


# --- CI ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [CIStatus.GREEN, CIStatus.RED])
def test_note__a_verdict__kept_with_the_time_of_the_tick_that_first_saw_it(
    status: CIStatus,
) -> None:
    first = noted(**after_push(status))
    again = noted(first, now=NOW + timedelta(minutes=5), **after_push(status))

    assert first.commits.seen_verdict == SeenVerdict(sha=PUSHED, status=status, at=NOW)
    assert again.commits.seen_verdict == first.commits.seen_verdict
    assert again.commits.first_red_at == (NOW if status is CIStatus.RED else None)


def test_note__another_word_or_another_commit__is_a_new_verdict() -> None:
    """The grace for a running turn counts from the tick that first saw this verdict."""
    before = noted(**after_push(CIStatus.RED))
    later = NOW + timedelta(minutes=5)

    other_word = note(observed(before, now=later, **after_push(CIStatus.GREEN)), config())
    newer = {"branch": branch(OTHER, PUSHED), "verdict": verdict(CIStatus.RED, OTHER)}
    other_commit = note(observed(before, now=later, **newer), config())

    for result in (other_word, other_commit):
        assert result.commits.seen_verdict is not None
        assert result.commits.seen_verdict.at == later


def test_note__the_runs_first_red__stays_over_later_verdicts() -> None:
    first = noted(**after_push(CIStatus.RED))
    later = NOW + timedelta(minutes=30)

    for status in (CIStatus.PENDING, CIStatus.GREEN, CIStatus.RED):
        seen = {"branch": branch(OTHER, PUSHED), "verdict": verdict(status, OTHER)}
        assert note(observed(first, now=later, **seen), config()).commits.first_red_at == NOW


@pytest.mark.parametrize("status", [None, CIStatus.PENDING])
def test_note__no_final_word__is_no_verdict(status: CIStatus | None) -> None:
    result = noted(**after_push(status))

    assert (result.commits.seen_verdict, result.commits.first_red_at) == (None, None)


def test_note__ci_takes_its_word_back__the_verdict_is_over_until_it_says_so_again() -> None:
    """Jobs run again, or a check that has to be there is missing: it is neither red nor green."""
    red = noted(**after_push(CIStatus.RED))
    running = noted(red, **after_push(CIStatus.PENDING))
    assert running.commits.seen_verdict == SeenVerdict(
        sha=PUSHED, status=CIStatus.RED, at=NOW, over=True
    )
    assert noted(running, **after_push(CIStatus.PENDING)) == running
    assert noted(running, **after_push(CIStatus.RED)) == red
    newer = {"branch": branch(OTHER, PUSHED), "verdict": verdict(CIStatus.PENDING, OTHER)}
    assert noted(red, **newer).commits.seen_verdict == red.commits.seen_verdict


def test_note__what_failed__is_known_by_its_digest_alone() -> None:
    failed = (Check("unit", CheckState.FAILURE),)
    seen = noted(**after_push(CIStatus.RED, verdict=replace(RED, failed=failed)))
    kept = seen.commits.seen_verdict
    assert kept is not None
    assert kept.failed == failed_digest(replace(RED, failed=failed))
    more = replace(RED, failed=(*failed, Check("lint", CheckState.FAILURE)))
    later = noted(seen, **after_push(CIStatus.RED, verdict=more)).commits.seen_verdict
    assert later == replace(kept, failed=failed_digest(more))


def test_note__verdict_on_another_commit__is_not_the_runs() -> None:
    for there in (branch(), branch(PUSHED)):
        result = noted(verdict=verdict(CIStatus.RED, OTHER), branch=there)
        assert (result.commits.seen_verdict, result.commits.first_red_at) == (None, None)


# --- phases ------------------------------------------------------------------------------------


def test_note__another_commit_is_pushed__what_ci_said_of_the_former_one_is_gone() -> None:
    phases = {Phase.PUSHED: EARLIER, Phase.CI: EARLIER, Phase.DEPLOYED: EARLIER}
    before = pushed(pushed_at=EARLIER, phases=phases)

    assert noted(before, branch=branch(PUSHED)).phases == phases
    assert noted(before, branch=branch(OTHER, PUSHED)).phases == {Phase.PUSHED: EARLIER}


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
