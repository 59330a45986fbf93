"""What `T3Client` sends and what a refusal means, against recordings of two versions."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
from support.cassettes import exchanges, load, replay
from support.t3_rig import DISPATCH, VERSIONS, Rig, answered, call, page, replaying, scripted, sent

from afk.adapters.t3_client import T3Client
from afk.errors import Refused, ServerFault, TokenError
from afk.model.agent import PendingRequest, RequestKind
from afk.ports import ThreadSpec


@pytest.fixture
def rig() -> Iterator[Rig]:
    with replaying() as made:
        yield made


ACCEPTED = [
    "20-project-create",
    "20-project-create-same-commandId",
    "20-project-create-same-commandId-different-body",
    "21-thread-create",
    "21-thread-create-same-commandId",
    "21-thread-create-unknown-instance",
    "30-0-thread-create",
    "30-1-turn-start",
    "30-5-turn-start-same-commandId",
    "30-6-turn-start-same-messageId-new-commandId",
    "41-2-second-turn-start-while-running",
    "42-2-session-stop",
    "42-4-turn-after-stop",
    "43-5-turn-start-on-archived",
    "43-7-delete",
    "43-9-delete-again",
    "43-9-turn-start-on-deleted",
    "55-6-turn-start-empty-text",
    "58-2-session-stop-zombie",
    "60-2-session-stop-while-approval",
    "61-2-delete-while-approval",
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ACCEPTED)
def test_command__recorded_and_accepted__same_body_one_request(
    rig: Rig, version: str, name: str
) -> None:
    """Whole bodies are compared: full access, null branch and worktree, createdAt or none."""
    with replay(f"t3/{version}/{name}") as cassette:
        result = call(rig, sent(f"{version}/{name}"))

        assert cassette.play_count == 1
    if "thread-create" in name:
        assert result == load(f"t3/{version}/{name}")[0]["response"]["body"]["sequence"]
    assert rig.pauses == []


def refusals() -> list[tuple[str, dict[str, Any], int]]:
    """Return every recorded command that was not accepted, afk's kinds and others."""
    return [
        (name.removeprefix("t3/"), exchange["request"]["body"], exchange["response"]["status"])
        for version in VERSIONS
        for name, exchange in exchanges(f"t3/{version}")
        if exchange["request"]["path"].endswith("/dispatch")
        and exchange["response"]["status"] >= 400
        and isinstance(exchange["request"]["body"], dict)
        and "type" in exchange["request"]["body"]
    ]


ERRORS = {400: Refused, 401: TokenError, 403: TokenError, 500: Refused}


@pytest.mark.parametrize(("name", "body", "status"), refusals())
def test_command__recorded_and_refused__error_of_its_status(
    rig: Rig, name: str, body: dict[str, Any], status: int
) -> None:
    """400, 403 and 500 are sent once; a 401 is asked once more."""
    with replay(f"t3/{name}", again=True), pytest.raises(ERRORS[status]) as caught:
        rig.first._command(body)

    assert rig.http.requests == (2 if status == 401 else 1)
    if isinstance(caught.value, Refused):
        assert caught.value.status == status


def test_refusals__recordings__hold_each_status() -> None:
    assert {status for _, _, status in refusals()} == set(ERRORS)


def test_command__scope_missing__named(rig: Rig) -> None:
    with replay("t3/0.0.28/08-readonly-dispatch-403"), pytest.raises(TokenError) as caught:
        rig.first._command(sent("0.0.28/08-readonly-dispatch-403"))

    assert "lacks the scope orchestration:operate" in str(caught.value)


def test_command__unsupported_content_type__refused() -> None:
    with (
        scripted((DISPATCH, answered("0.0.28/72-dispatch-text-plain"))) as (rig, _),
        pytest.raises(Refused, match="Unsupported content-type") as caught,
    ):
        rig.client.stop("t", "c")
    assert caught.value.status == 415


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("20-project-create-missing-dir", 400),
        ("20-project-create-same-root-new-projectId", 500),
        ("20-project-create-same-projectId-new-commandId", 500),
    ],
)
def test_create_project__refused__status_and_trace(
    rig: Rig, version: str, name: str, status: int
) -> None:
    """A 500 is the caller's to resolve by reading: nothing more is sent."""
    with replay(f"t3/{version}/{name}") as cassette, pytest.raises(Refused) as caught:
        call(rig, sent(f"{version}/{name}"))

    assert cassette.play_count == 1
    assert caught.value.status == status
    trace = load(f"t3/{version}/{name}")[0]["response"]["body"]["traceId"]
    assert trace in caught.value.next_step


@pytest.mark.parametrize(
    "answer", [page(), httpx.Response(200, json={}), httpx.Response(200, json={"sequence": "n"})]
)
def test_command__answer_without_sequence__server_fault(answer: httpx.Response) -> None:
    """A login page in front of T3 has not stored the command."""
    with scripted((DISPATCH, answer)) as (rig, _), pytest.raises(ServerFault):
        rig.client.stop("t", "c")


@pytest.mark.parametrize("version", VERSIONS)
def test_answer__question__every_question_gets_the_text(rig: Rig, version: str) -> None:
    body = sent(f"{version}/34-3-user-input-respond")
    rig.created = datetime.fromisoformat(body["createdAt"])
    with replay(
        f"t3/{version}/34-2-pending-user-input-thread", f"t3/{version}/34-3-user-input-respond"
    ) as cassette:
        found = rig.client.detail(body["threadId"])
        assert found is not None
        rig.client.answer(body["threadId"], found.pending[0], "blue", body["commandId"])

        assert cassette.all_played


def test_answer__several_questions__all_keys() -> None:
    with scripted((DISPATCH, answered("0.0.28/34-3-user-input-respond"))) as (rig, script):
        rig.client.answer("t", PendingRequest("r", RequestKind.QUESTION, ("a", "b")), "go on", "c")

    assert script.bodies[0]["answers"] == {"a": "go on", "b": "go on"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("act", ["decline", "answer"])
def test_approval__declined_or_answered__declined(version: str, act: str) -> None:
    """Recorded were "accept" and "cancel"; the body differs in the decision alone."""
    name = f"{version}/33-4-approval-respond"
    body = sent(name)
    request = PendingRequest(body["requestId"], RequestKind.APPROVAL)
    with scripted((DISPATCH, answered(name))) as (rig, script):
        rig.created = datetime.fromisoformat(body["createdAt"])
        if act == "decline":
            rig.client.decline(body["threadId"], request, body["commandId"])
        else:
            rig.client.answer(body["threadId"], request, "yes", body["commandId"])

    assert script.bodies == [body | {"decision": "decline"}]


def test_decline__question__told_that_nobody_is_there() -> None:
    name = "0.0.28/34-3-user-input-respond"
    body = sent(name)
    request = PendingRequest(body["requestId"], RequestKind.QUESTION, ("color",))
    with scripted((DISPATCH, answered(name))) as (rig, script):
        rig.created = datetime.fromisoformat(body["createdAt"])
        rig.client.decline(body["threadId"], request, body["commandId"])

    (told,) = script.bodies[0].pop("answers").values()
    assert "Nobody is there" in told
    assert script.bodies == [{key: body[key] for key in body if key != "answers"}]


@pytest.mark.parametrize("status", [400, 500])
def test_requests_and_stop__refused__sent_once(status: int) -> None:
    approval = PendingRequest("r", RequestKind.APPROVAL)
    acts: tuple[Callable[[T3Client], None], ...] = (
        lambda client: client.stop("t", "c"),
        lambda client: client.decline("t", approval, "c"),
        lambda client: client.answer("t", approval, "x", "c"),
    )
    for act in acts:
        with (
            scripted((DISPATCH, httpx.Response(status))) as (rig, _),
            pytest.raises(Refused) as caught,
        ):
            act(rig.client)
        assert caught.value.status == status


def test_commands__all_methods__never_an_interrupt() -> None:
    """An interrupt beside an open approval stops every thread of the server (52-*, 81-*)."""
    fine = [(DISPATCH, httpx.Response(200, json={"sequence": 1})) for _ in range(9)]
    thread = ThreadSpec(id="t", project_id="p", title="x", instance="i", model="m")
    with scripted(*fine) as (rig, script):
        rig.client.create_project("p", "x", "/data", "c1")
        rig.client.create_thread(thread, "c2")
        rig.client.start_turn("t", "m", "go", "c3")
        rig.client.stop("t", "c4")
        rig.client.decline("t", PendingRequest("r", RequestKind.APPROVAL), "c5")
        rig.client.decline("t", PendingRequest("r", RequestKind.QUESTION, ("q",)), "c6")
        rig.client.answer("t", PendingRequest("r", RequestKind.APPROVAL), "x", "c7")
        rig.client.answer("t", PendingRequest("r", RequestKind.QUESTION, ("q",)), "x", "c8")
        rig.client.delete_thread("t", "c9")

    assert [body["type"] for body in script.bodies] == [
        "project.create",
        "thread.create",
        "thread.turn.start",
        "thread.session.stop",
        "thread.approval.respond",
        "thread.user-input.respond",
        "thread.approval.respond",
        "thread.user-input.respond",
        "thread.delete",
    ]
    assert [body["commandId"] for body in script.bodies] == [f"c{n}" for n in range(1, 10)]


def test_create_thread__options_of_the_model__are_sent_as_t3_names_them() -> None:
    """And nothing is where there are none: every recorded thread.create is without."""
    options: tuple[tuple[str, str | bool], ...] = (("effort", "high"), ("fastMode", True))
    plain = ThreadSpec(id="t", project_id="p", title="x", instance="i", model="m")
    fine = [(DISPATCH, httpx.Response(200, json={"sequence": 1})) for _ in range(2)]
    with scripted(*fine) as (rig, script):
        rig.client.create_thread(plain, "c1")
        rig.client.create_thread(replace(plain, options=options), "c2")

    assert [body["modelSelection"] for body in script.bodies] == [
        {"instanceId": "i", "model": "m"},
        {
            "instanceId": "i",
            "model": "m",
            "options": [{"id": "effort", "value": "high"}, {"id": "fastMode", "value": True}],
        },
    ]
