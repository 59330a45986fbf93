"""What becomes of an issue, in one sentence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.factories import NOW, config, issue, record

from afk.decide.decision import Decision, wait
from afk.decide.explaining import held, of_run, over
from afk.decide.start_gates import GateAnswer
from afk.record.state import RunRecord, Stage
from afk.types import Action, Reason, Verdict

CONFIG = config(ready_label="go")
SINCE = "Its run is in flight since 2026-11-23 11:30 UTC (30 min): "


def no(gate: str, evidence: str = "so it is") -> GateAnswer:
    return GateAnswer(gate, passed=False, evidence=evidence)


@pytest.mark.parametrize(
    ("gate", "advice"),
    [
        ("kill-switch", "Set `kill_switch: false` to let afk work."),
        ("allowlist", "Add the repository to `allowlist` to let afk start runs there."),
        ("open", "To run it, reopen it and put `go` on."),
        ("ready-label", "To start it, put `go` on."),
        (
            "approved",
            "Somebody who may write to the repository has to take `go` off and put it on again.",
        ),
        ("repository-free", "Nothing to do: it starts by itself once that is out of the way."),
        ("readable", ""),
        ("dry-run", "Take AFK_DRY_RUN away to let ticks act."),
    ],
)
def test_held__by_one_gate__says_what_a_person_can_do(gate: str, advice: str) -> None:
    assert held([no(gate)], CONFIG) == f"It does not start: so it is. {advice}".strip()


def test_held__where_the_gate_says_what_mends_it__adds_nothing() -> None:
    assert held([no("approved", "too old: label it again")], CONFIG).endswith("label it again.")


def test_held__by_another_run__is_nothing_to_mend_though_it_is_named() -> None:
    told = held([no("repository-free", "another run is in flight: that of a/b#1")], CONFIG)
    assert told.endswith("Nothing to do: it starts by itself once that is out of the way.")


def test_held__by_several__counts_the_others() -> None:
    assert "so it is, and 1 more thing holds it. To" in held([no("open"), no("x")], CONFIG)
    assert "and 2 more things hold it" in held([no("open"), no("x"), no("y")], CONFIG)


def test_held__by_one_that_was_not_asked__says_so() -> None:
    assert held([no("agent-known", "")], CONFIG) == (
        "It does not start: agent-known was not looked at."
    )


def gone(verdict: Verdict, reason: Reason | None) -> RunRecord:
    return record(stage=Stage.ENDED, verdict=verdict, reason=reason, ended_at=NOW)


def test_over__landed_and_closed__says_how_to_run_it_again() -> None:
    told = over(gone(Verdict.DONE, Reason.LANDED), issue(open=False), CONFIG)
    assert told == (
        "It has landed: its last run ended at 2026-11-23 12:00 UTC (landed), and nobody has asked "
        "since. The work is on the branch and CI is green. To run it again, put `go` on again. "
        "It is closed: reopen it first."
    )


def test_over__handed_back__says_why_and_the_way_back() -> None:
    told = over(gone(Verdict.NEEDS_HUMAN, Reason.NOTHING_PUSHED), issue(), CONFIG)
    assert "(handed back to you), and nobody has asked since. The agent finished" in told
    assert told.endswith(
        "Read the agent's conversation in T3, then put `go` on again, or finish it by hand."
    )


def test_over__closed_by_hand__says_reopen_once() -> None:
    told = over(gone(Verdict.STOPPED, Reason.CLOSED_BY_PERSON), issue(open=False), CONFIG)
    assert told.count("reopen") == 1


def test_over__without_a_reason__goes_without() -> None:
    told = over(gone(Verdict.STOPPED, None), issue(), CONFIG)
    assert told.endswith("nobody has asked since. To run it again, put `go` on again.")


LATER = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("run", "decision", "then"),
    [
        (
            record(),
            wait("table", "the turn is under way", LATER),
            (
                "the agent is at work. The next tick waits: the turn is under way, until "
                "2026-11-23 14:00 UTC (2 h from now) at the latest."
            ),
        ),
        (
            record(),
            wait("table", "T3 is away", NOW - timedelta(hours=1)),
            "the agent is at work. The next tick waits: T3 is away.",
        ),
        (
            record(),
            wait("table", "so it is"),
            "the agent is at work. The next tick waits: so it is.",
        ),
        (
            record(),
            Decision(Action.FIX_FORWARD, "table"),
            "the agent is at work. The next tick has the agent fix CI.",
        ),
        (
            record(),
            Decision(Action.ESCALATE_PREPUSH, "table", Reason.NOTHING_PUSHED, "start_seconds=3"),
            (
                "the agent is at work. The next tick hands it back to you (start_seconds=3): The "
                "agent finished without pushing a commit."
            ),
        ),
        (
            record(stage=Stage.CLAIMED),
            None,
            (
                "starting. The next tick completes the start, or takes it back where something "
                "stands in the way."
            ),
        ),
        (
            record(stage=Stage.ENDING, verdict=Verdict.DONE),
            None,
            (
                "ending: landed. The next tick goes on with its end, which is over once the agent "
                "is seen stopped."
            ),
        ),
    ],
)
def test_of_run__in_flight__says_what_the_next_tick_does(
    run: RunRecord, decision: Decision | None, then: str
) -> None:
    assert of_run(run, decision, CONFIG, NOW, mended=False) == SINCE + then


def test_of_run__with_something_to_mend__says_so() -> None:
    told = of_run(record(), wait("table", "x"), CONFIG, NOW, mended=True)
    assert told.endswith("The next tick puts it in order first, then waits: x.")


def test_of_run__never_claimed__counts_from_the_approval() -> None:
    bare = record()
    bare = replace(bare, thread=replace(bare.thread, started_at=None, claimed_at=None))
    assert "since 2026-11-23 11:00 UTC (1 h)" in of_run(bare, None, CONFIG, NOW, mended=False)


@pytest.mark.parametrize("action", list(Action))
def test_of_run__whatever_is_decided__has_words(action: Action) -> None:
    told = of_run(record(), Decision(action, "table"), CONFIG, NOW, mended=False)
    assert told.startswith(SINCE)
    assert told.endswith(".")


@pytest.mark.parametrize("gate", ["max_in_flight", "no gate of ours"])
def test_held__by_a_gate_without_advice__says_only_why(gate: str) -> None:
    told = held([no(gate, "it is full: wait")], CONFIG)
    assert told == "It does not start: it is full: wait."
    plain = held([no(gate)], CONFIG)
    assert plain.endswith("so it is.") is (gate == "no gate of ours")


@pytest.mark.parametrize(
    ("ending", "at"),
    [
        ({"ended_at": NOW, "ending_at": NOW - timedelta(hours=1)}, "12:00"),
        ({"ending_at": NOW - timedelta(hours=1)}, "11:00"),
        ({}, "11:00"),
    ],
)
def test_over__whatever_is_known_of_its_end__is_said_as_its_time(
    ending: dict[str, datetime], at: str
) -> None:
    gone = record(stage=Stage.ENDED, verdict=Verdict.STOPPED, **ending)
    told = over(gone, issue(), CONFIG)
    assert told.startswith(f"It does not start: its last run ended at 2026-11-23 {at} UTC (")


@pytest.mark.parametrize(
    ("started", "claimed", "since"),
    [(NOW, NOW - timedelta(minutes=9), "12:00"), (None, NOW - timedelta(minutes=9), "11:51")],
)
def test_of_run__started_or_claimed__counts_from_the_last_of_it(
    started: datetime | None, claimed: datetime, since: str
) -> None:
    run = record(started_at=started, claimed_at=claimed)
    assert f"since 2026-11-23 {since} UTC" in of_run(run, None, CONFIG, NOW, mended=False)


def test_of_run__decided_until_now__says_no_time() -> None:
    told = of_run(record(), wait("table", "so it is", NOW), CONFIG, NOW, mended=False)
    assert told.endswith("waits: so it is.")
