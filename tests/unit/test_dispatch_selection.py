"""Which of many ready issues start: ceilings, one start per repository, a stable order."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import (
    HUMAN,
    LABELLED,
    READY,
    REPO,
    approval,
    config,
    event,
    issue,
    labels,
    repository,
)

from afk.config import Config, RepositoryConfig
from afk.decide.approval import Appraisal, Standing
from afk.decide.start_gates import GateAnswer
from afk.dispatch_policy import (
    Candidate,
    Ceilings,
    DispatchDecision,
    explain,
    left_unread,
    order,
    select_dispatchable,
)
from afk.types import Blocker, Issue, IssueKey


def candidate(seen: Issue | None = None) -> Candidate:
    """Return an approved issue that nothing holds back."""
    approved = Appraisal(Standing.APPROVED, event(), approval())
    return Candidate(issue=seen or issue(), appraisal=approved)


def other_repository(name: str, number: int = 7, **changes: Any) -> Issue:
    return issue(repo=repository(id=number, name=name), number=number, **changes)


def test_select__an_approved_issue__starts_with_its_approval() -> None:
    assert select_dispatchable([candidate()], config(), ()) == [
        DispatchDecision(IssueKey(REPO, 7), start=True, approval=approval())
    ]


def test_select__nothing_ready__decides_nothing() -> None:
    assert select_dispatchable([], config(), ()) == []


def test_select__two_issues_of_one_repository__only_the_first_starts() -> None:
    decisions = select_dispatchable([candidate(issue(number=8)), candidate()], config(), ())
    assert [(one.key.number, one.start, one.gate) for one in decisions] == [
        (7, True, ""),
        (8, False, "repository-free"),
    ]


def names(count: int) -> tuple[str, ...]:
    return tuple(f"acme/app{index}" for index in range(count))


def spread(count: int, **changes: Any) -> Config:
    """Return an armed configuration with this many repositories."""
    settings = {name: RepositoryConfig(workspace=f"/srv/{name}") for name in names(count)}
    return config(allowlist=names(count), repositories=settings, **changes)


@pytest.mark.parametrize(
    ("changes", "ceilings", "starts"),
    [
        ({}, {}, 4),
        ({"max_dispatch_per_tick": 2}, {}, 2),
        ({"max_in_flight": 2}, {}, 2),
        ({"max_in_flight": 5}, {"in_flight": 3}, 2),
        ({"runs_per_day": 10}, {"started_today": 9}, 1),
        ({"runs_per_day": 10}, {"started_today": 11}, 0),
        ({}, {"in_flight": None}, 0),
        ({}, {"agent_seen": False}, 0),
    ],
)
def test_select__six_repositories__ceilings_are_counted_down(
    changes: dict[str, int], ceilings: dict[str, Any], starts: int
) -> None:
    ready = [candidate(other_repository(name, number)) for number, name in enumerate(names(6))]
    decisions = select_dispatchable(ready, spread(6, **changes), (), Ceilings(**ceilings))
    assert sum(one.start for one in decisions) == starts
    assert len(decisions) == 6


CANDIDATES = st.builds(
    lambda repo, number, names, hours, standing, flags, blocked, runs: Candidate(
        issue=other_repository(
            f"acme/app{repo}",
            number,
            labels=labels(*names),
            open="closed" not in flags,
            is_pull="pull" in flags,
            locked="locked" in flags,
            blockers=tuple(Blocker(f"x/y#{one}", closed=False) for one in range(blocked)),
            oversized="too long" if "oversized" in flags else "",
        ),
        appraisal=Appraisal(standing, event(at=LABELLED + timedelta(hours=hours)), approval()),
        runs=runs,
        provider_open="shut" not in flags,
        archived="archived" in flags,
        spent="spent" in flags,
    ),
    st.integers(0, 5),
    st.integers(1, 30),
    st.lists(st.sampled_from([READY, READY, READY, HUMAN, "priority:1", "priority:x"]), max_size=3),
    st.integers(0, 3),
    st.sampled_from([*[Standing.APPROVED] * 6, *Standing]),
    st.sets(
        st.sampled_from(["closed", "pull", "locked", "oversized", "shut", "archived", "spent"]),
        max_size=1,
    ),
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from([0, 0, 4, 5, None]),
)
COUNTS = st.sampled_from([0, 1, 3, 4, 24, None])
CEILINGS = st.builds(
    Ceilings,
    in_flight=COUNTS,
    started_today=COUNTS,
    agent_seen=st.sampled_from([True, True, False]),
)


@given(
    st.lists(CANDIDATES, max_size=12, unique_by=lambda one: one.issue.key),
    st.builds(
        spread,
        st.integers(0, 6),
        max_in_flight=st.integers(0, 6),
        max_dispatch_per_tick=st.integers(0, 6),
        runs_per_day=st.integers(0, 6),
        kill_switch=st.sampled_from([False, False, False, True]),
    ),
    st.sets(st.sampled_from(names(6)), max_size=2),
    CEILINGS,
    st.randoms(),
)
def test_select__any_candidates__no_rule_is_ever_broken(
    ready: list[Candidate],
    settings: Config,
    busy: set[str],
    ceilings: Ceilings,
    shuffler: random.Random,
) -> None:
    decisions = select_dispatchable(ready, settings, busy, ceilings)
    by_key = {one.issue.key: one for one in ready}
    starts = [one for one in decisions if one.start]

    # Every issue is decided once, in an order that does not depend on how they came.
    assert [one.key for one in decisions] == [one.issue.key for one in sorted(ready, key=order)]
    shuffled = list(ready)
    shuffler.shuffle(shuffled)
    assert select_dispatchable(shuffled, settings, busy, ceilings) == decisions

    # Never two starts in one repository, nor one where a run is in flight.
    started_in = [one.key.repo for one in starts]
    assert len(set(started_in)) == len(started_in)
    assert not set(started_in) & busy

    # No ceiling is passed; one that could not be read counts as reached.
    assert len(starts) <= settings.max_dispatch_per_tick
    if starts:
        assert ceilings.agent_seen
        assert ceilings.in_flight is not None
        assert ceilings.started_today is not None
        assert ceilings.in_flight + len(starts) <= settings.max_in_flight
        assert ceilings.started_today + len(starts) <= settings.runs_per_day

    # What starts passed every gate, and what is held names the first that said no.
    chosen, taken = 0, set(busy)
    for one in decisions:
        no = explain(by_key[one.key], settings, taken, ceilings, chosen).first_no
        assert one.start == (no is None)
        assert (one.gate, one.evidence) == ((no.gate, no.evidence) if no else ("", ""))
        if one.start:
            _assert_startable(by_key[one.key], settings)
            taken.add(one.key.repo)
            chosen += 1


def _assert_startable(one: Candidate, settings: Config) -> None:
    """Hold a started issue against the design's own words, gate by gate."""
    seen = one.issue
    assert not settings.kill_switch
    assert seen.repo.name in settings.allowlist
    assert seen.open
    held = (seen.is_pull, seen.locked, seen.repo.archived, one.archived, seen.oversized, one.spent)
    assert not any(held)
    assert seen.has_label(READY)
    assert not seen.has_label(HUMAN)
    assert one.appraisal.standing is Standing.APPROVED
    assert all(blocker.closed for blocker in seen.blockers)
    assert one.provider_open
    assert one.runs is not None
    assert one.runs < settings.runs_per_issue


def test_left_unread__says_what_is_known_to_hold_it__and_that_it_was_not_read() -> None:
    key = IssueKey(REPO, 7)
    passed = GateAnswer("approved", passed=True)
    held = GateAnswer("repository-free", passed=False, evidence="another run is in flight")
    full = GateAnswer("max_in_flight", passed=False, evidence="max_in_flight=1 is at 1")

    known = left_unread(key, [passed, held, full])
    assert known == DispatchDecision(
        key,
        start=False,
        gate="repository-free",
        evidence="another run is in flight",
        holds=(held, full),
        unread=True,
    )
    later = left_unread(key, [passed])
    assert (later.start, later.unread, later.holds) == (False, True, ())
    assert (later.gate, later.evidence) == ("", "its turn is not yet")
