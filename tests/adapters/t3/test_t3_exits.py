"""What a frame of T3's socket says of a call, as recorded and as a stranger may send it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cassettes import RECORDINGS

from afk.adapters.t3.exits import Done, Failed, Untold, outcome, over_by_now, refusal_of

FOLDER = RECORDINGS / "t3" / "v2-0.0.33"


def last_in(name: str) -> tuple[str, str]:
    """Return the last frame of a recording that came in, and the call it answers."""
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    frames = [one["data"] for one in data["frames"]]
    call = frames[0]["id"] if isinstance(frames[0], dict) else ""
    return json.dumps(frames[-1]), call


@pytest.mark.parametrize(
    ("name", "reason", "of"),
    [
        ("31-rejected-1-unknown-thread", "Failed to load orchestration", "OrchestrationV2Dis"),
        ("31-rejected-2-same-commandId-now-valid", "Command cmd-rej-1 was previously", "Orch"),
        ("32-5-interrupt-when-idle", "is not interruptible", "OrchestrationV2DispatchCommandE"),
        ("43-3-archive-again", "Thread thr-arch is already archived.", "OrchestrationV2Disp"),
        ("20-ws-project-create-conflict", "already exists and cannot be created", "Project"),
        ("40-unknown-instance-1-dispatch", "registered for nosuch", "OrchestrationV2Dispatc"),
    ],
)
def test_outcome__recorded_refusal__its_reason(name: str, reason: str, of: str) -> None:
    frame, call = last_in(name)

    ended = outcome(frame, call)

    assert isinstance(ended, Failed)
    assert reason in ended.reason
    assert ended.names[0].startswith(of)
    assert ended.stored


@pytest.mark.parametrize(
    "name", ["21-thread-create-missing-branch", "22-unknown-rpc", "22-v1-turn-start-over-ws"]
)
def test_outcome__recorded_defect_of_a_call__is_not_remembered_by_t3(name: str) -> None:
    ended = outcome(*last_in(name))

    assert isinstance(ended, Failed)
    assert not ended.stored
    assert 0 < len(ended.reason) <= 300


def test_outcome__recorded_success__its_value() -> None:
    assert outcome(*last_in("30-1-message-dispatch")) == Done({"sequence": 18})


def test_outcome__scope_missing__named() -> None:
    ended = outcome(*last_in("08-readonly-dispatch-denied"))

    assert isinstance(ended, Failed)
    assert ended.scope == "orchestration:operate"


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (last_in("22-ws-not-json")[0], Untold("a defect")),
        ("no json", Untold("a frame that is no JSON")),
        ('{"_tag":"Exit","requestId":"1"}', Untold("an end without a cause")),
        ('{"_tag":"Exit","requestId":"1","exit":{"cause":[]}}', Untold("an end without a cause")),
        (
            '{"_tag":"Exit","requestId":"1","exit":{"cause":[{"_tag":"Interrupt"}]}}',
            Untold("interrupted"),
        ),
        (
            '{"_tag":"Exit","requestId":"1","exit":{"cause":[{"_tag":"Fail","error":"x"}]}}',
            Untold("interrupted"),
        ),
    ],
)
def test_outcome__nothing_for_sure__untold(frame: str, told: Untold) -> None:
    assert outcome(frame, "1") == told


@pytest.mark.parametrize(
    "frame",
    [
        '{"_tag":"Pong"}',
        '{"_tag":"Exit","requestId":"2","exit":{"_tag":"Success","value":{}}}',
        '{"_tag":"Chunk","requestId":"1","values":[]}',
        '["x", 1, null]',
        "7",
    ],
)
def test_outcome__somebody_elses__passed_by(frame: str) -> None:
    assert outcome(frame, "1") is None


def test_outcome__a_list_of_frames__the_one_that_counts() -> None:
    ended = {"_tag": "Exit", "requestId": "1", "exit": {"_tag": "Success", "value": 7}}
    assert outcome(json.dumps([{"_tag": "Pong"}, ended]), "1") == Done(7)


def test_outcome__causes_without_end__a_few_are_looked_at() -> None:
    error: dict[str, Any] = {"name": "deepest", "message": "x"}
    for number in range(50):
        error = {"name": f"n{number}", "message": 7, "cause": error}
    exit_ = {"_tag": "Failure", "cause": [{"_tag": "Fail", "error": {**error, "_tag": "E"}}]}

    ended = outcome(json.dumps({"_tag": "Exit", "requestId": "1", "exit": exit_}), "1")

    assert isinstance(ended, Failed)
    assert ended.reason == ""
    assert len(ended.names) == 8
    assert "without a reason" in str(refusal_of(ended, "thread.create"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                [
                    "_tag",
                    "requestId",
                    "exit",
                    "cause",
                    "error",
                    "defect",
                    "value",
                    "message",
                    "Exit",
                ]
            ),
            inner,
        )
    ),
)


@given(JSON)
def test_outcome__anything__is_one_of_four(value: Any) -> None:
    ended = outcome(json.dumps({"_tag": "Exit", "requestId": "1", "exit": value}), "1")
    assert isinstance(ended, Done | Failed | Untold)
    assert outcome(json.dumps(value), "1") is None or value is not None


def test_refusal_of__what_could_not_be_decoded__is_a_400() -> None:
    assert refusal_of(Failed(reason="x", stored=False), "stop").status == 400
    assert refusal_of(Failed(reason="x"), "stop").status == 500
    assert refusal_of(Failed(reason="x"), "stop", wrong=True).status == 400


@pytest.mark.parametrize(
    ("reason", "over"),
    [("Run r is not interruptible.", True), ("Run r is not queued.", True), ("No.", False)],
)
def test_over_by_now__by_t3s_words(reason: str, *, over: bool) -> None:
    assert over_by_now(Failed(reason=reason)) is over
