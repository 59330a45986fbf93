"""What builds of protocol 2 after its merge add, by the shapes of their source: none was recorded.

https://github.com/pingdotgg/t3code, packages/contracts/src/orchestrationV2.ts.
"""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.cassettes import RECORDINGS

from afk.adapters.t3 import runs
from afk.adapters.t3.projection import Detail, Shell
from afk.adapters.t3.wire import parse
from afk.model.agent import Speaker, Start, ThreadDetail, UsageLimited
from afk.types import ThreadStatus

FOLDER = RECORDINGS / "t3" / "v2-0.0.33"
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


def body(name: str) -> Any:
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return copy.deepcopy(data["response"]["body"])


def detail(data: Any) -> ThreadDetail:
    found = runs.detail(parse(Detail, data, "thread").projection, NOW)
    assert found is not None
    return found


def failed(**failure: Any) -> ThreadDetail:
    data = body("35-fail-thread")
    for item in data["projection"]["turnItems"]:
        if item["type"] == "error":
            item["failure"] |= failure
    return detail(data)


SAID = datetime(2026, 11, 23, 4, 23, 41, 143_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reset", "limit"),
    [
        (None, UsageLimited()),
        ("2026-11-23T09:00:00.000Z", UsageLimited(datetime(2026, 11, 23, 9, tzinfo=UTC))),
        ("2099-01-01T00:00:00.000Z", UsageLimited()),
        ("soon", UsageLimited()),
    ],
)
def test_detail__usage_limit_by_class__a_limit_with_the_reset_that_can_be(
    reset: str | None, limit: UsageLimited
) -> None:
    found = failed(**{"class": "usage_limit", "resetAt": reset})
    assert found.status is ThreadStatus.ERROR
    assert found.limit == limit
    assert found.error.endswith("(usage_limit)")
    assert found.error_at == SAID


@pytest.mark.parametrize("word", ["", "unknown"])
def test_detail__a_class_that_tells_nothing__not_repeated(word: str) -> None:
    assert failed(**{"class": word}).error == "You've hit your usage limit. Try again later."


def test_detail__error_that_was_got_over__none() -> None:
    data = body("35-fail-thread")
    for item in data["projection"]["turnItems"]:
        item["status"] = "completed"
    assert (detail(data).error, detail(data).limit) == ("", None)


def usage(turn: Any, thread: Any = None) -> ThreadDetail:
    data = body("30-3-completed-thread")
    data["projection"]["providerTurns"][0] |= turn
    if thread is not None:
        data["projection"]["providerThreads"][0]["contextUsage"] = thread
    return detail(data)


def test_detail__tokens_of_a_turn__by_its_message() -> None:
    found = usage(
        {"turnTokenUsage": {"usageStatus": "complete", "inputTokens": 9, "outputTokens": 4}}
    )
    assert found.spent.tokens == {"msg-ok-1": (9, 4)}
    assert found.spent.currency == ""


@pytest.mark.parametrize(
    "turn",
    [
        {"turnTokenUsage": {"usageStatus": "unavailable"}},
        {"turnTokenUsage": {"inputTokens": 9}},
        {"turnTokenUsage": {"inputTokens": "9", "outputTokens": True}},
        {"turnTokenUsage": {"inputTokens": -1, "outputTokens": 10**30}},
        {"turnTokenUsage": {"inputTokens": 9, "outputTokens": 4}, "runAttemptId": "another"},
        {"turnTokenUsage": None},
    ],
)
def test_detail__tokens_that_are_none__left_out(turn: Any) -> None:
    assert usage(turn).spent.tokens == {}


@pytest.mark.parametrize(
    ("cost", "amount", "currency"),
    [
        ({"amount": 0.42, "currency": "USD"}, 0.42, "USD"),
        ({"amount": float("nan"), "currency": "USD"}, 0.0, ""),
        ({"amount": -1, "currency": "USD"}, 0.0, ""),
        ({"amount": 1, "currency": "[click](x)"}, 0.0, ""),
        ("free", 0.0, ""),
        (None, 0.0, ""),
    ],
)
def test_detail__price_of_a_thread__where_it_is_one(
    cost: Any, amount: float, currency: str
) -> None:
    spent = usage({}, {"cost": cost}).spent
    assert (spent.amount, spent.currency) == (amount, currency)


def test_detail__who_speaks_as_the_user__told_by_who_made_it() -> None:
    """Wakes and other agents' messages ask nothing, and are no person's."""
    data = body("30-3-completed-thread")
    theirs = data["projection"]["messages"][0]
    wake = {**theirs, "id": "wake", "createdBy": "agent", "createdAt": "2026-11-23T04:59:00.000Z"}
    system = {**wake, "id": "note", "role": "system"}
    data["projection"]["messages"] += [wake, system]

    found = detail(data)

    assert [one.id for one in found.asked] == ["msg-ok-1"]
    assert [one.speaker for one in found.messages[-2:]] == [Speaker.OTHER] * 2
    assert found.status is ThreadStatus.IDLE


def test_detail__a_run_that_t3_began_itself__is_work_in_the_thread() -> None:
    data = body("30-3-completed-thread")
    data["projection"]["runs"].append(
        {**data["projection"]["runs"][0], "id": "r2", "ordinal": 2, "status": "running"}
        | {"userMessageId": "wake", "completedAt": None}
    )
    assert detail(data).status is ThreadStatus.RUNNING


def test_detail__a_message_that_was_steered_into_a_run__that_runs_end() -> None:
    data = body("30-3-completed-thread")
    said = {**data["projection"]["messages"][0], "id": "later"}
    said["createdAt"] = "2026-11-23T04:23:09.500Z"
    data["projection"]["messages"].append(said)
    assert detail(data).status is ThreadStatus.IDLE


def test_detail__a_word_for_a_run_that_nobody_knows__not_over() -> None:
    data = body("30-3-completed-thread")
    data["projection"]["runs"][0]["status"] = "hibernating"
    assert detail(data).status is ThreadStatus.RUNNING


@pytest.mark.parametrize(
    ("kind", "capability", "pending"),
    [
        ("auth_refresh", {"type": "live"}, 0),
        ("command", {"type": "not_resumable", "reason": "x"}, 0),
        ("command", {"type": "message"}, 1),
        ("a-new-kind", {"type": "live"}, 1),
    ],
)
def test_detail__requests__those_that_an_answer_reaches(
    kind: str, capability: Any, pending: int
) -> None:
    data = body("50-2-pending-approval-thread")
    data["projection"]["runtimeRequests"][0] |= {"kind": kind, "responseCapability": capability}
    found = detail(data)
    assert len(found.pending) == pending
    expected = ThreadStatus.NEEDS_HUMAN if pending else ThreadStatus.RUNNING
    assert found.status is expected


def in_shell(**changes: Any) -> Any:
    data = json.loads((FOLDER / "35-fail-shell-thread.json").read_text(encoding="utf-8"))
    shell = {
        "schemaVersion": 2,
        "snapshotSequence": 1,
        "projects": [],
        "threads": [{**data, **changes}],
        "archivedThreads": [],
    }
    return runs.snapshot(parse(Shell, shell, "shell"), "env", NOW).threads


def test_snapshot__usage_limit_in_the_shell__shuts_the_provider_without_bodies() -> None:
    reset = (NOW + timedelta(hours=2)).isoformat()
    [found] = in_shell(lastError="No.", lastErrorClass="usage_limit", usageLimitResetAt=reset)
    assert found.limit == UsageLimited(NOW + timedelta(hours=2))
    assert found.error == "No."
    [other] = in_shell(lastError="No.", lastErrorClass="provider_error")
    assert other.limit is None


def test_snapshot__an_agents_own_helper__is_no_thread_of_ours() -> None:
    assert in_shell(lineage={"relationshipToParent": "subagent"}) == ()
    assert len(in_shell(lineage={"relationshipToParent": "fork"})) == 1


def test_snapshot__failed_before_it_began__a_start_that_was_refused() -> None:
    [found] = in_shell(latestRunStartedAt=None)
    assert found.start is Start.REFUSED
