"""A rate limit reached while issues are decided about: the tick stops asking, the next resumes."""

from collections.abc import Callable

import pytest
from support.chaos import Killed, KillingTransport
from support.poll_rig import BODY, assert_started, polled, record, said, threads

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.github import faults
from afk_sandbox.world import World, world

Strikes = Callable[[str, str], bool]

QUERIES_BEFORE_SETTLING = 2
"""The listing, and the issues as a whole."""


def asking_for_rights(method: str, path: str) -> bool:
    return method == "GET" and path.endswith("/permission")


def asking_for_the_branch(method: str, path: str) -> bool:
    return method == "GET" and path.endswith("/branches/main")


def claiming(method: str, path: str) -> bool:
    return method == "POST" and path.endswith("/comments")


def limited_when(here: World, strikes: Strikes) -> list[str]:
    """Let GitHub refuse from the first such request on; returns what was asked from then on."""
    refused: list[str] = []

    def hook(method: str, path: str) -> Fault | None:
        if not refused and not strikes(method, path):
            return None
        refused.append(f"{method} {path}")
        return faults.secondary(here.clock.now())

    here.faults["forge"] = hook
    return refused


def assert_resumes(here: World, refused: list[str], *, most: int = 1) -> None:
    """The tick says so, is no failure, and asks nothing more than what was under way."""
    ticked = polled(here)
    assert ticked.exit_code == 0
    assert "(resumes next tick)" in said(ticked, "warning")
    assert 1 <= len(refused) <= most
    del here.faults["forge"]


@pytest.mark.parametrize("strikes", [asking_for_rights, asking_for_the_branch, claiming])
def test_rate_limit__while_issues_are_started__nothing_more_is_asked(strikes: Strikes) -> None:
    """GitHub only: Forgejo has none."""
    with world(Forge.GITHUB) as here:
        issues = [here.issue(here.repository(name), "Do", BODY) for name in ("shop", "site")]
        refused = limited_when(here, strikes)
        assert_resumes(here, refused, most=len(issues))
        assert threads(here) == []
        here.clock.sleep(60)
        polled(here)
        for issue in issues:
            assert_started(here, issue)


def test_rate_limit__while_a_claim_is_settled__it_stays() -> None:
    with world(Forge.GITHUB) as here:
        issue = here.issue(here.repository("shop"), "Do", BODY)
        here.clock.sleep(60)
        with pytest.raises(Killed):
            here.run("tick", transport=KillingTransport(2, after=True))
        asked: list[str] = []

        def third_query(method: str, path: str) -> bool:
            asked.append(f"{method} {path}")
            return len(asked) > QUERIES_BEFORE_SETTLING

        refused = limited_when(here, third_query)
        assert_resumes(here, refused)
        assert record(here, issue)["stage"] == "claimed"
        here.clock.sleep(60)
        polled(here)
        assert_started(here, issue)
