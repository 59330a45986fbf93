"""What an approved issue waits for, without the names of gates."""

import pytest

from afk.text.gates import waits_for, waits_in_line_for


@pytest.mark.parametrize(
    ("gate", "evidence", "says"),
    [
        ("no-open-blocker", "waiting for a/b#3", "a/b#3 to be closed"),
        (
            "no-open-blocker",
            "waiting for the release; to go on, strike it out",
            "the release to be closed; to go on, strike it out",
        ),
        (
            "max_in_flight",
            "max_in_flight=1 is at 2",
            "a free place: 2 at work in all, max_in_flight=1",
        ),
        (
            "max_dispatch_per_tick",
            "max_dispatch_per_tick=4 is at 4",
            "the next look: 4 started in this one, max_dispatch_per_tick=4",
        ),
        (
            "runs_per_issue",
            "runs_per_issue=5 is at 5",
            "somebody to allow it another run: it has had 5, runs_per_issue=5",
        ),
        (
            "runs_per_day",
            "runs_per_day=24 is at 24",
            "tomorrow: 24 started in the last 24 hours, runs_per_day=24",
        ),
        (
            "runs_per_day",
            "runs_per_day=24 could not be read",
            "T3, which could not be read when afk last looked",
        ),
        (
            "agent-seen",
            "T3 was not read in this tick",
            "T3, which could not be read when afk last looked",
        ),
        (
            "repository-free",
            "another run is in flight in a/b: that of a/b#3",
            "another run is at work in a/b: that of a/b#3",
        ),
        ("provider-open", "the provider's usage is limited", "the provider's usage is limited"),
    ],
)
def test_waits_for__a_gate__says_what_for(gate: str, evidence: str, says: str) -> None:
    assert waits_for(gate, evidence) == says


@pytest.mark.parametrize(
    ("gate", "evidence", "says"),
    [
        ("no-open-blocker", "waiting for a/b#3", "a/b#3 to be closed"),
        (
            "repository-free",
            "another run is in flight in a/b: that of a/b#3, which waits for a usage limit",
            "another run is at work in a/b",
        ),
        ("repository-free", "the repository is archived", "the repository is archived"),
        ("agent-known", "agent:x: that of y is not known", "agent:x: that of y is not known"),
        (
            "max_in_flight",
            "max_in_flight=4 is at 5",
            "a free place: no more than 4 at work in all, max_in_flight=4",
        ),
        (
            "max_dispatch_per_tick",
            "max_dispatch_per_tick=4 is at 4",
            "a free place: no more than 4 start at once, max_dispatch_per_tick=4",
        ),
        (
            "runs_per_day",
            "runs_per_day=24 is at 24",
            "a free place: no more than 24 start within 24 hours, runs_per_day=24",
        ),
        (
            "runs_per_issue",
            "runs_per_issue=5 is at 5",
            "somebody to allow it another run: it has had 5, runs_per_issue=5",
        ),
        (
            "agent-seen",
            "T3 was not read in this tick",
            "T3, which could not be read when afk last looked",
        ),
    ],
)
def test_waits_in_line_for__a_gate__says_nothing_that_changes_by_itself(
    gate: str, evidence: str, says: str
) -> None:
    assert waits_in_line_for(gate, evidence) == says
