"""Before a turn is paid for, what failed on a pull request runs once more."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, REPO
from support.pull_factories import landing_config, landing_decided, landing_record
from support.run_factories import verdict

from afk.config import CIConfig, RepositoryConfig
from afk.decide.decision import Decision, wait
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
