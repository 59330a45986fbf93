"""The order of the rules: wherever two of them could answer, the earlier one does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, config, record, turn
from support.run_factories import (
    LIMIT_TEXT,
    OTHER_SERVER,
    UNSEEN,
    VANISHED,
    after_push,
    decided,
    ended,
    facts,
    happened,
    observed,
    on,
    pushed,
)

from afk.decide.lifecycle import decide
from afk.decide.observation import note
from afk.model.agent import PendingRequest, RequestKind
from afk.record.groups import SeenVerdict
from afk.record.state import Outcome, Stop
from afk.types import Action, CIStatus, EventKind, ThreadStatus

LONG = timedelta(hours=5)
ACT = happened(on(EventKind.UNLABELED), labels=())
LIMITED = ended(turn(), Outcome.LIMITED)
DUE = {"limited_at": NOW - timedelta(hours=1), "next_try": NOW}
QUESTION = (PendingRequest("r", RequestKind.QUESTION),)
ASKS = facts(ThreadStatus.NEEDS_HUMAN, pending=QUESTION)
ZOMBIE = facts(still_for=LONG)
STOPPED_ZOMBIE = (Stop(at=NOW - timedelta(minutes=20), rule="zombie"),)
OVERDUE = {"started_at": NOW - LONG}

# Each rule's own sign. Signs of different rules can be put into one picture.
SIGNS: dict[int, dict[str, Any]] = {
    1: {"issue": ACT},
    2: {"thread": ASKS},
    3: {"turns": (LIMITED,), **DUE, "thread": facts(ThreadStatus.ERROR, stopped=True)},
    4: {"thread": OTHER_SERVER},
    5: {"stops": STOPPED_ZOMBIE, "thread": facts(ThreadStatus.ERROR, stopped=True)},
    6: {"pushed": (PUSHED,), "verdict": CIStatus.RED, "thread": facts()},
    8: {**OVERDUE, "thread": facts()},
}
ANSWERS = {
    1: (Action.END_STOPPED, "person-acted"),
    2: (Action.ANSWER, "needs-human"),
    3: (Action.RESUME, "usage-limit"),
    4: (Action.WAIT, "other-server"),
    5: (Action.RESUME, "zombie"),
    6: (Action.WAIT, "never-beside-a-turn"),
    8: (Action.ESCALATE_PREPUSH, "prepush"),
}
RECORDED = ("turns", "stops", "limited_at", "next_try", "started_at", "pushed")


def picture(*rules: int) -> Any:
    """Return the decision on a run that shows these rules' signs; an earlier rule's thread wins."""
    signs: dict[str, Any] = {}
    for rule in sorted(rules, reverse=True):
        signs |= SIGNS[rule]
    fields = {name: signs.pop(name) for name in RECORDED if name in signs}
    ci = signs.pop("verdict", None)
    if ci is not None:
        fields["pushed_at"] = NOW
        signs |= {name: part for name, part in after_push(ci).items() if name not in signs}
    if "stops" in fields and "turns" not in fields:
        fields["turns"] = (ended(turn(), Outcome.ERROR),)
    return decided(record(**fields), **signs)


@pytest.mark.parametrize("rule", SIGNS)
def test_decide__one_rules_sign_alone__that_rule_answers(rule: int) -> None:
    decision = picture(rule)

    assert (decision.action, decision.rule) == ANSWERS[rule]


# Other pairs show two states of one thread; they follow one by one.
PAIRS = [*((1, later) for later in SIGNS if later != 1), (2, 3), (2, 8), (3, 5), (3, 8)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_decide__signs_of_two_rules__the_earlier_answers(first: int, second: int) -> None:
    decision = picture(first, second)

    assert (decision.action, decision.rule) == ANSWERS[first]


def test_decide__limited_on_a_server_that_is_another_now__held_and_not_resumed() -> None:
    """3 before 4: both wait, and no turn is sent to the other server."""
    before = record(turns=(LIMITED,), **DUE)

    assert decided(before, thread=OTHER_SERVER).action is Action.WAIT


def test_decide__limited_and_vanished__the_limit_is_waited_out_before_the_replacement() -> None:
    """3 before 4."""
    waiting = record(turns=(LIMITED,), **{**DUE, "next_try": NOW + LONG})

    assert decided(waiting, thread=VANISHED).rule == "usage-limit"


def test_decide__zombie_stopped_by_a_limit__waits_for_the_limit() -> None:
    """3 before 5: the stopped turn ended by a limit."""
    before = record(turns=(LIMITED,), stops=STOPPED_ZOMBIE, **{**DUE, "next_try": NOW + LONG})

    decision = decided(before, thread=facts(ThreadStatus.ERROR, stopped=True))

    assert (decision.action, decision.rule) == (Action.WAIT, "usage-limit")


def test_decide__stopped_zombie_vanished__replaced_and_not_resumed() -> None:
    """4 before 5."""
    before = record(turns=(ended(turn(), Outcome.INTERRUPTED),), stops=STOPPED_ZOMBIE)

    assert decided(before, thread=VANISHED).action is Action.REDISPATCH


def test_decide__zombie_and_red__stopped_as_a_zombie_without_waiting_for_the_grace() -> None:
    """5 before 6."""
    decision = decided(pushed(), thread=ZOMBIE, **after_push(CIStatus.RED))

    assert (decision.action, decision.rule) == (Action.STOP_SESSION, "zombie")


def test_decide__stopped_zombie_and_red__resumed_before_any_corrective_turn() -> None:
    """5 before 7."""
    over = ended(turn(), Outcome.INTERRUPTED)
    before = pushed(turns=(over,), stops=STOPPED_ZOMBIE)
    thread = facts(ThreadStatus.INTERRUPTED, stopped=True)

    assert decided(before, thread=thread, **after_push(CIStatus.RED)).rule == "zombie"


def test_decide__asks_and_red__answered_before_the_grace() -> None:
    """2 before 6."""
    assert decided(pushed(), thread=ASKS, **after_push(CIStatus.RED)).action is Action.ANSWER


def test_decide__table_and_overdue__the_table_answers() -> None:
    """7 before 8."""
    before = record(**OVERDUE)

    assert decided(before, thread=facts(ThreadStatus.IDLE)).rule == "table"


@pytest.mark.parametrize("rule", [2, 3, 4, 5])
def test_decide__green__rules_two_to_five_are_not_asked(rule: int) -> None:
    signs = dict(SIGNS[rule])
    fields = {name: signs.pop(name) for name in RECORDED if name in signs}
    before = pushed(**{"turns": (ended(turn(), Outcome.ERROR),), **fields})
    thread = replace(signs.get("thread", facts(ThreadStatus.ERROR)), status=ThreadStatus.ERROR)

    decision = decided(before, thread=thread, **after_push(CIStatus.GREEN))

    assert (decision.action, decision.rule) == (Action.CLOSE_SUCCESS, "table")


def test_decide__green_beside_a_running_turn__the_grace_and_then_the_deadline() -> None:
    """6 before 8: the unseen turn of a green run closes when the deadline comes."""
    at = NOW - LONG
    before = pushed(
        turns=(turn(sent_at=at),),
        unseen_at=at,
        seen_verdict=SeenVerdict(sha=PUSHED, status=CIStatus.GREEN, at=at),
    )

    decision = decided(before, thread=UNSEEN, **after_push(CIStatus.GREEN))

    assert (decision.action, decision.rule) == (Action.CLOSE_SUCCESS, "unseen")


def test_decide__twice_on_one_observation__same_answer() -> None:
    """The second look before acting must not differ for having been noted."""
    seen = observed(thread=facts(ThreadStatus.ERROR, error=LIMIT_TEXT))
    noted = note(seen, config())
    again = replace(seen, record=noted)

    assert decide(note(again, config()), again, config()) == decide(noted, seen, config())


def test_decide__first_sight_of_a_push__counts_in_the_same_tick() -> None:
    """Rules look at the noted record, not at the one that was read."""
    seen = observed(thread=facts(ThreadStatus.IDLE), **after_push(CIStatus.RED))

    assert decide(seen.record, seen, config()).action is Action.ESCALATE_PREPUSH
    assert decide(note(seen, config()), seen, config()).action is Action.FIX_FORWARD
