"""Which issues pass for quiet, and that reading only those whose turn may come changes nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import CREATED, NOW, config

from afk.decide.approval import Standing
from afk.decide.order import Place, priority_of
from afk.decide.quiet import (
    QUIET,
    earliest,
    is_quiet,
    known_answers,
    named_blockers,
    whose_turn,
)
from afk.decide.start_gates import Ceilings
from afk.model.forge import IssueHead
from afk.types import IssueKey

REPO = "acme/app"
KEY = IssueKey(REPO, 7)
SECOND = timedelta(seconds=1)


def head(**changes: Any) -> IssueHead:
    """Return an issue that waits and has not moved for a day."""
    base = IssueHead(
        KEY,
        ready=True,
        in_progress=False,
        tracked=True,
        created_at=CREATED - timedelta(days=1),
        updated_at=CREATED,
        labels=frozenset({"ready-for-agent"}),
    )
    return replace(base, **changes)


def test_quiet__an_issue_that_waits_and_has_not_moved() -> None:
    assert is_quiet(head(), NOW)
    assert is_quiet(head(updated_at=NOW - QUIET - SECOND), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"ready": False},
        {"tracked": False},
        {"in_progress": True},
        {"open": False},
        {"updated_at": None},
        {"updated_at": NOW - QUIET},
        {"updated_at": NOW},
        {"updated_at": NOW + timedelta(days=400)},
    ],
)
def test_quiet__any_other__is_read(changes: dict[str, Any]) -> None:
    assert not is_quiet(head(**changes), NOW)


def test_quiet__by_no_clock__is_nothing() -> None:
    assert not is_quiet(head(), None)


HEADS = st.builds(
    lambda number, repo, opened, waited, level, told: (
        head(
            key=IssueKey(f"acme/{repo}", number),
            created_at=NOW - timedelta(hours=opened),
            labels=(frozenset({f"priority:{level}"} if level else set()) if told else None),
        ),
        (
            level or 1_000_000,
            NOW - timedelta(hours=opened) + timedelta(hours=min(waited, opened)),
            f"acme/{repo}",
            number,
        ),
    ),
    number=st.integers(1, 60),
    repo=st.sampled_from("abc"),
    opened=st.integers(0, 50),
    waited=st.integers(0, 50),
    level=st.sampled_from([0, 0, 1, 5]),
    told=st.booleans(),
)


def chosen(found: list[tuple[IssueHead, Place, bool]], places: int) -> dict[str, Place]:
    """Return what starts: by their places, one a repository, none that a gate holds."""
    starts: dict[str, Place] = {}
    for one, place, held in sorted(found, key=lambda one: one[1]):
        if not held and one.key.repo not in starts and len(starts) < places:
            starts[one.key.repo] = place
    return starts


@given(
    st.lists(st.tuples(HEADS, st.booleans()), max_size=25, unique_by=lambda one: one[0][0].key),
    st.integers(-1, 4),
    st.integers(1, 4),
    st.integers(0, 25),
)
def test_whose_turn__until_nobody_s_is__chooses_as_if_all_had_been_read(
    drawn: list[tuple[tuple[IssueHead, Place], bool]], places: int, at_once: int, first: int
) -> None:
    """``drawn``: heads with their places in line, and whether a gate holds the issue once read."""
    every = [(one, place, held) for (one, place), held in drawn]
    read, unread = every[:first], every[first:]
    assert all(earliest(one) <= place for one, place, _ in every)
    while turns := whose_turn([one[0] for one in unread], chosen(read, places), places):
        assert turns == sorted(turns, key=earliest)
        now = [one.key for one in turns[:at_once]]
        read += [one for one in unread if one[0].key in now]
        unread = [one for one in unread if one[0].key not in now]
    assert chosen(read, places) == chosen(every, places)


def test_whose_turn__no_place_is_free__is_nobody_s() -> None:
    assert whose_turn([head()], {}, 0) == []
    assert whose_turn([head()], {}, 1) == [head()]


def test_whose_turn__the_first_may_start__is_nobody_else_s() -> None:
    later = head(key=IssueKey(REPO, 8), created_at=NOW)
    starts: Place = (1_000_000, CREATED, REPO, 7)
    assert whose_turn([later], {REPO: starts}, 4) == []
    assert whose_turn([later], {"acme/lib": starts}, 1) == []
    assert whose_turn([later], {"acme/lib": starts}, 2) == [later]
    urgent = replace(later, labels=frozenset({"priority:1"}))
    assert whose_turn([urgent], {REPO: starts}, 1) == [urgent]
    untold = replace(later, labels=None)
    assert whose_turn([untold], {REPO: starts}, 1) == [untold]


def test_earliest__an_issue_of_unknown_age__may_be_the_first() -> None:
    assert earliest(head(created_at=None)) < earliest(head())


def test_earliest__an_issue_of_unknown_labels__may_have_the_first_priority() -> None:
    assert earliest(head(labels=None)) <= earliest(head(labels=frozenset({"priority:0"})))


@pytest.mark.parametrize(
    ("labels", "level"),
    [
        ((), 1_000_000),
        (("priority:3", "priority:2", "bug"), 2),
        (("priority:high", "Priority:1", "priority:-1"), 1_000_000),
    ],
)
def test_priority__of_labels(labels: tuple[str, ...], level: int) -> None:
    assert priority_of(labels) == level


def told(**changes: Any) -> dict[str, str]:
    """Return what the gates that say no rest on."""
    known: dict[str, Any] = {
        "head": head(),
        "config": config(),
        "now": NOW,
        "busy": {},
        "provider_shut": "",
        "ceilings": Ceilings(),
        "chosen": 0,
        "blockers": [],
    }
    known |= changes
    answers = known_answers(known.pop("head"), known.pop("config"), **known)
    return {one.gate: one.evidence for one in answers if not one.passed}


def test_known_answers__nothing_known_is_in_the_way() -> None:
    assert told() == {}
    assert told(config=config(runs_per_issue=1)) == {}, "how often it ran a listing does not tell"


@pytest.mark.parametrize(
    ("changes", "gate", "evidence"),
    [
        ({"busy": {REPO: "it is archived"}}, "repository-free", "it is archived"),
        ({"busy": [REPO]}, "repository-free", f"another run is in flight in {REPO}"),
        ({"provider_shut": "limited"}, "provider-open", "limited"),
        ({"chosen": 4}, "max_in_flight", "max_in_flight=4 is at 4"),
        (
            {"ceilings": Ceilings(agent_seen=False)},
            "agent-seen",
            "T3 was not read in this tick",
        ),
        (
            {"chosen": 1, "ceilings": Ceilings(in_flight=2, promised=1)},
            "max_in_flight",
            "max_in_flight=4 is at 4",
        ),
        ({"blockers": [KEY]}, "no-open-blocker", "waiting for acme/app#7"),
        (
            {"blockers": [KEY, IssueKey("a/b", 1)]},
            "no-open-blocker",
            "waiting for acme/app#7, a/b#1",
        ),
    ],
)
def test_known_answers__a_gate_says_no__in_its_own_words(
    changes: dict[str, Any], gate: str, evidence: str
) -> None:
    assert told(**changes).get(gate) == evidence


def test_known_answers__an_approval_that_is_far_too_old() -> None:
    """It is not younger than the issue's last move; a claim is looked for as long again."""
    age = timedelta(seconds=config().approval_max_age)
    old = head(updated_at=NOW - 2 * age - SECOND)
    said = f"(approval_max_age={config().approval_max_age}): label it again"
    assert told(head=old)["approved"] == f"{Standing.EXPIRED.value} {said}"
    assert told(head=replace(old, updated_at=NOW - 2 * age)) == {}
    assert told(head=replace(old, updated_at=None)) == {}


def test_named_blockers__are_those_of_the_text() -> None:
    web = "https://forge.test"
    waits = head(body="Blocked by #3 and acme/lib#5")
    assert named_blockers(waits, web) == (IssueKey(REPO, 3), IssueKey("acme/lib", 5))
    assert named_blockers(head(body="See #4"), web) == ()
    assert named_blockers(head(body="Blocked by https://other.test/a/b/issues/4"), web) == ()
    many = " ".join(f"#{number}," for number in range(1, 70))
    assert len(named_blockers(head(body=f"Blocked by {many}"), web)) <= 50
