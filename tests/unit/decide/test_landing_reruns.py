"""Before a turn is paid for, what failed on a pull request runs once more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, REPO, changed
from support.pull_factories import landing_config, landing_decided, landing_record, pull, sight
from support.run_factories import verdict

from afk.config import CIConfig, RepositoryConfig
from afk.decide.decision import Decision, wait
from afk.model.pull import PullState
from afk.types import Action, CIStatus

AGAIN = Decision(Action.RERUN_CI, "rerun")
GRACE = timedelta(seconds=120)


def red(*, allowed: int = 1, can_rerun: bool = True, **landing: Any) -> Decision:
    """Return what is done about a red pull request of which this is known."""
    repository = RepositoryConfig(workspace="/srv/app", ci=CIConfig(reruns=allowed))
    return landing_decided(
        landing_record(landing=landing),
        landing_config(repositories={REPO: repository}),
        verdict=verdict(CIStatus.RED),
        can_rerun=can_rerun,
    )


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"rerun_of": "d" * 40, "reruns": 1, "rerun_at": NOW},
        {"rerun_of": "d" * 40, "rerun_refusals": 2},
        {"rerun_of": PUSHED, "rerun_refusals": 1},
        {"rerun_of": PUSHED, "reruns": 1, "rerun_at": NOW - GRACE, "allowed": 2},
    ],
    ids=range(5),
)
def test_decide__red__runs_once_more(known: dict[str, Any]) -> None:
    assert red(**known) == AGAIN


@pytest.mark.parametrize(
    "known",
    [
        {"allowed": 0},
        {"can_rerun": False},
        {"rerun_of": PUSHED, "rerun_refusals": 2},
        {"rerun_of": PUSHED, "rerun_refusals": 3},
    ],
    ids=range(4),
)
def test_decide__red_and_it_cannot_run_again__is_the_agents(known: dict[str, Any]) -> None:
    assert red(**known).action is Action.FIX_FORWARD


@pytest.mark.parametrize("done", [1, 2])
def test_decide__red_again__is_the_agents_once_the_old_failure_is_gone(done: int) -> None:
    known = {"rerun_of": PUSHED, "rerun_at": NOW - GRACE}
    shown = landing_record(landing={**known, "reruns": done})
    decided = landing_decided(shown, verdict=verdict(CIStatus.RED), can_rerun=True)
    assert decided.action is Action.FIX_FORWARD


@pytest.mark.parametrize("reruns", [0, 1])
def test_decide__asked_for_just_now__waits_while_the_old_failure_is_shown(reruns: int) -> None:
    at = NOW - GRACE + timedelta(microseconds=1)
    shown = landing_record(landing={"rerun_of": PUSHED, "rerun_at": at, "reruns": reruns})
    decided = landing_decided(shown, verdict=verdict(CIStatus.RED), can_rerun=True)
    assert decided == wait("rerun", "what failed is to run again", at + GRACE)


def test_decide__red_after_the_merge__runs_once_more_and_green_does_not() -> None:
    shown = sight(pull(state=PullState.MERGED, merge_commit=PUSHED))
    for status, action in ((CIStatus.RED, Action.RERUN_CI), (CIStatus.GREEN, Action.CLOSE_SUCCESS)):
        found = landing_decided(sight=shown, verdict=verdict(status), can_rerun=True)
        assert found.action is action


@pytest.mark.parametrize(
    ("minutes", "status", "named"),
    [(15, CIStatus.PENDING, True), (14.9, CIStatus.PENDING, False), (60, None, True)],
)
def test_decide__silent_for_a_while__names_what_ci_has_not_said(
    minutes: float, status: CIStatus | None, named: bool
) -> None:
    before = changed(landing_record(), pushed_at=NOW - timedelta(minutes=minutes))
    silent = landing_decided(before, verdict=verdict(status))
    nothing = landing_decided(before, verdict=replace(verdict(status), stages=()))
    assert silent.action is nothing.action is Action.WAIT
    assert silent.detail == nothing.detail + (": tests" if named else "")
    assert landing_decided(before, verdict=None).detail == nothing.detail
