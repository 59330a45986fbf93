"""Which records afk can have written itself."""

from typing import Any

import pytest
from support.factories import NOW, changed, record, turn

from afk.record.codec import can_be
from afk.record.state import RunRecord, Stage
from afk.types import Reason, Verdict

SAID: dict[str, Any] = {"verdict": Verdict.DONE, "reason": Reason.LANDED}
OVER = (Stage.ENDING, Stage.ENDED)
GOING_ON = (Stage.APPROVED, Stage.CLAIMED, Stage.RUNNING)


@pytest.mark.parametrize("stage", OVER)
@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({**SAID, "ending_at": NOW}, True),
        ({**SAID, "ended_at": NOW}, True),
        ({**SAID, "ending_at": NOW, "ended_at": NOW}, True),
        (SAID, False),
        ({"ending_at": NOW}, False),
        ({"verdict": Verdict.DONE, "ending_at": NOW}, False),
        ({"reason": Reason.LANDED, "ending_at": NOW}, False),
        ({**SAID, "ending_at": NOW, "turns": (), "thread_id": ""}, True),
    ],
    ids=range(8),
)
def test_can_be__an_end__has_a_verdict_a_reason_and_a_time(
    stage: Stage, changes: dict[str, Any], *, possible: bool
) -> None:
    assert can_be(record(stage=stage, **changes)) is possible


@pytest.mark.parametrize("stage", GOING_ON)
@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({}, True),
        ({"ending_at": NOW}, True),
        ({"ended_at": NOW}, True),
        ({"verdict": Verdict.DONE}, True),
        ({"reason": Reason.LANDED}, True),
        (SAID, False),
        ({**SAID, "ending_at": NOW}, False),
    ],
    ids=range(7),
)
def test_can_be__what_goes_on__has_no_verdict_with_a_reason(
    stage: Stage, changes: dict[str, Any], *, possible: bool
) -> None:
    assert can_be(record(stage=stage, **changes)) is possible


@pytest.mark.parametrize("stage", GOING_ON)
@pytest.mark.parametrize("gone", [{"turns": ()}, {"thread_id": ""}])
def test_can_be__claimed_or_running__has_a_thread_and_a_turn(
    stage: Stage, gone: dict[str, Any]
) -> None:
    assert can_be(record(stage=stage, **gone)) is (stage is Stage.APPROVED)


@pytest.mark.parametrize(
    ("run", "possible"),
    [
        (record(turns=(turn(1), turn(2), turn(3))), True),
        (record(turns=(turn(1), turn(3))), False),
        (record(turns=(turn(2),)), False),
        (record(turns=(turn(0),)), False),
        (record(turns=(turn(2), turn(1))), False),
        (changed(record(), attempt=1), True),
        (changed(record(), attempt=0), False),
        (changed(record(), attempt=0, turns=(turn(2),)), False),
    ],
    ids=range(8),
)
def test_can_be__turns_count_up_and_nobody_tries_less_than_once(
    run: RunRecord, *, possible: bool
) -> None:
    assert can_be(run) is possible
