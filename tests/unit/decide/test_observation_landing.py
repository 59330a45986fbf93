"""Noting what became of a run's commits: on its own branch, in its pull request, and merged."""

from dataclasses import replace
from typing import Any

import pytest
from support.factories import MARA, NOW, PUSHED, config, issue
from support.pull_factories import (
    EARLIER,
    MERGED,
    landing_config,
    landing_decided,
    landing_record,
    pull,
    seen,
    sight,
)
from support.run_factories import branch, commit, observed, on, pushed

from afk.decide.observation import note
from afk.model.forge import Branch
from afk.model.pull import PullState
from afk.record.state import RunRecord
from afk.types import Action, EventKind, Phase, Reason

NEXT = "d" * 40
UNREAD = Branch("", (), complete=False)
BROUGHT_IN = sight(pull(state=PullState.MERGED, merge_commit=MERGED))


def noted(before: RunRecord | None = None, **changes: Any) -> RunRecord:
    return note(seen(before, **changes), landing_config())


@pytest.mark.parametrize("shown", [branch(PUSHED), UNREAD])
def test_note__merged__what_landed_is_the_run_s_newest_commit_from_now_on(shown: Branch) -> None:
    run = noted(sight=BROUGHT_IN, branch=shown)
    assert run.commits.pushed == (PUSHED, MERGED)
    assert (run.landing.merged, run.landing.tip, run.newest_commit) == (MERGED, MERGED, MERGED)
    assert run.commits.pushed_at == NOW

    again = noted(run, sight=BROUGHT_IN, branch=shown)
    assert sorted(again.commits.pushed) == [PUSHED, MERGED], "each once"
    assert noted(run, sight=sight(), branch=shown).landing.merged == MERGED, "it is not forgotten"


def test_note__a_pull_request_that_the_record_does_not_know__is_noted_by_its_number() -> None:
    before = landing_record(pushed=(), pushed_at=None, landing={"pull": 0, "tip": ""})
    run = noted(before, branch=UNREAD, sight=sight(pull(head_sha="")))
    assert run.landing.pull == 12
    assert Phase.PUSHED not in run.phases, "nothing of the run's was seen yet"


def test_note__pushed_on_and_the_pull_request_does_not_show_it_yet__ci_s_clock_stands() -> None:
    run = noted(branch=branch(NEXT, PUSHED))
    assert run.commits.pushed == (PUSHED, NEXT)
    assert (run.newest_commit, run.commits.pushed_at) == (PUSHED, EARLIER)


@pytest.mark.parametrize(("complete", "kept"), [(True, (NEXT,)), (False, (PUSHED, NEXT))])
def test_note__rewritten_on_the_branch__what_is_gone_was_read_to_be_gone(
    complete: bool, kept: tuple[str, ...]
) -> None:
    shown = replace(branch(NEXT), complete=complete)
    run = note(observed(pushed(), branch=shown), config())
    assert run.commits.pushed == kept


def test_decide__merged_and_taken_back_on_the_base__is_somebody_s_act() -> None:
    revert = commit("9" * 40, f"Oops\n\nThis reverts commit {MERGED}.")
    before = noted(sight=BROUGHT_IN)
    shown = replace(BROUGHT_IN, base=Branch("9" * 40, (revert, commit(MERGED))))
    found = landing_decided(before, sight=shown, branch=UNREAD)
    assert (found.action, found.reason) == (Action.END_STOPPED, Reason.REVERTED)


def test_decide__merged_and_no_longer_on_the_base__is_somebody_s_act() -> None:
    before = noted(sight=BROUGHT_IN)
    shown = replace(BROUGHT_IN, base=Branch("9" * 40, (commit("9" * 40, "Other work"),)))
    found = landing_decided(before, sight=shown, branch=UNREAD)
    assert (found.action, found.reason) == (Action.END_STOPPED, Reason.REVERTED)
    fresh = landing_decided(sight=shown, branch=UNREAD)
    assert fresh.action is not Action.END_STOPPED, "what landed just now may not be shown yet"


def test_decide__taken_back_on_the_run_s_own_branch__is_the_agent_s_affair() -> None:
    revert = commit(NEXT, f"Try again\n\nThis reverts commit {PUSHED}.")
    shown = Branch(NEXT, (revert, commit(PUSHED)))
    assert landing_decided(branch=shown).action is not Action.END_STOPPED


def test_decide__closed_by_whoever_merged__is_no_stop() -> None:
    closed = issue(events=(*issue().events, on(EventKind.CLOSED, actor=MARA)), open=False)
    assert landing_decided(sight=BROUGHT_IN, issue=closed).action is not Action.END_STOPPED
    assert landing_decided(issue=closed).action is Action.END_STOPPED
