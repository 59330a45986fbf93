"""Which questions and approvals of a thread an answer would still reach."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.t3_rig import NOW, names, thread_of

from afk.adapters.t3.mapping import detail
from afk.adapters.t3.requests import waits
from afk.adapters.t3.wire import Thread, parse
from afk.model.agent import PendingRequest, RequestKind, ThreadDetail


def waiting(data: dict[str, Any]) -> bool:
    return waits(parse(Thread, data, "thread"))


def detailed(data: dict[str, Any]) -> ThreadDetail:
    found = detail(parse(Thread, data, "thread"), NOW)
    assert found is not None
    return found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(payload=JSON, kind=st.sampled_from(["approval.resolved", "user-input.requested"]))
def test_detail__any_payload__never_raises(payload: object, kind: str) -> None:
    data = thread_of("0.0.28/33-2-pending-approval-thread")
    data["activities"].append({"kind": kind, "payload": payload, "createdAt": None})

    assert detailed(data).pending[0].kind is RequestKind.APPROVAL


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("0.0.32/34-2-pending-user-input", "Which color?\n- red\n- blue"),
        ("0.0.28/33-2-pending-approval", "May it (command)? rm -rf build"),
    ],
)
def test_detail__what_is_asked__is_in_the_words_that_t3_shows(name: str, words: str) -> None:
    (request,) = detailed(thread_of(f"{name}-thread")).pending

    assert request.text == words


def test_detail__what_is_asked_with_a_secret_in_it__is_masked() -> None:
    thread = parse(Thread, thread_of("0.0.32/34-2-pending-user-input-thread"), "thread")
    found = detail(thread, NOW, lambda text: text.replace("color", "***"))

    assert found is not None
    assert found.pending[0].text.startswith("Which ***?")


@pytest.mark.parametrize(
    ("name", "pending"),
    [
        (
            "0.0.28/33-2-pending-approval",
            (PendingRequest("9b7c2a2f-039f-48c3-8037-b5268773f8db", RequestKind.APPROVAL),),
        ),
        (
            "0.0.32/33-2-pending-approval",
            (PendingRequest("9b20054a-89d5-4c3c-b977-8459b1cc4882", RequestKind.APPROVAL),),
        ),
        ("0.0.28/33-5-after-approval", ()),
        ("0.0.32/33-5-after-approval", ()),
        (
            "0.0.28/34-2-pending-user-input",
            (
                PendingRequest(
                    "7d0ceabe-8308-40b7-87ff-b19ecdebf9c2", RequestKind.QUESTION, ("color",)
                ),
            ),
        ),
        (
            "0.0.32/34-2-pending-user-input",
            (
                PendingRequest(
                    "f13e1738-43e6-4aa7-b98f-38fd786bf348", RequestKind.QUESTION, ("color",)
                ),
            ),
        ),
        ("0.0.28/34-4-after-answer", ()),
        ("0.0.32/34-4-after-answer", ()),
        (
            "0.0.28/58-0-zombie-approval-after-restart",
            (PendingRequest("655ce9fd-62d5-48cf-91b7-b4e9c841b1a4", RequestKind.APPROVAL),),
        ),
        ("0.0.28/58-5-stale-approval", ()),
        ("0.0.32/58-5-stale-approval", ()),
        ("0.0.28/60-3-stopped-with-approval", ()),
        ("0.0.32/60-3-stopped-with-approval", ()),
    ],
)
def test_detail__recorded_requests__those_an_answer_would_reach(
    name: str, pending: tuple[PendingRequest, ...]
) -> None:
    assert detailed(thread_of(f"{name}-thread")).pending == pending


def test_detail__stopped_with_approval__flag_stays_as_the_server_shows_it() -> None:
    assert waiting(thread_of("0.0.28/60-3-stopped-with-approval-thread"))
    assert waiting(thread_of("0.0.28/60-3-stopped-with-approval-shell-thread"))


@pytest.mark.parametrize("name", names("*-shell-thread.json"))
def test_waits__shell_and_detail_of_one_moment__agree(name: str) -> None:
    """What only the shell says is derived from the bodies exactly as the server derives it."""
    shell, whole = thread_of(name), thread_of(name.replace("-shell-thread", "-thread"))

    assert "hasPendingApprovals" in shell
    assert "hasPendingApprovals" not in whole
    assert waiting(shell) is waiting(whole)


@pytest.mark.parametrize("flag", ["hasPendingApprovals", "hasPendingUserInput"])
def test_waits__either_flag__believed_before_the_bodies(flag: str) -> None:
    flags = {"hasPendingApprovals": False, "hasPendingUserInput": False}
    data = thread_of("0.0.28/33-2-pending-approval-thread")

    assert waiting(data | flags | {flag: True})
    assert not waiting(data | flags)
    assert detailed(data | flags).pending == ()


@pytest.mark.parametrize(
    ("why", "still"),
    [
        ("Stale pending user-input request: r. Provider callback state does not survive", False),
        ("Unknown pending Codex user input request: r", False),
        ("No active provider session is bound to this thread.", True),
        (None, True),
    ],
)
def test_detail__answer_failed__open_unless_nobody_waits(why: str | None, *, still: bool) -> None:
    """The server's own rule for its flag (source, ProjectionPipeline.ts)."""
    data = thread_of("0.0.28/34-2-pending-user-input-thread")
    request = data["activities"][0]["payload"]["requestId"]
    data["activities"].append(
        {
            "kind": "provider.user-input.respond.failed",
            "payload": {"requestId": request, "detail": why},
            "createdAt": "2026-11-22T17:59:29.139Z",
        }
    )

    found = detailed(data)

    assert bool(found.pending) is still
    assert waiting(data) is still


@pytest.mark.parametrize(
    ("questions", "ids"),
    [
        ([{"id": "a"}, {"id": "b", "header": "B"}], ("a", "b")),
        ([{"id": ""}, {"header": "B"}, "c", {"id": 7}], ()),
        (None, ()),
        ("text", ()),
    ],
)
def test_detail__questions__ids_that_can_be_answered(questions: object, ids: object) -> None:
    data = thread_of("0.0.28/34-2-pending-user-input-thread")
    data["activities"][0]["payload"]["questions"] = questions

    assert detailed(data).pending[0].questions == ids


@pytest.mark.parametrize("payload", [None, "text", {}, {"requestId": 7}, {"requestId": ""}])
def test_detail__request_without_id__not_pending(payload: object) -> None:
    data = thread_of("0.0.28/33-2-pending-approval-thread")
    data["activities"][0]["payload"] = payload

    assert detailed(data).pending == ()


def test_detail__session_absent__nothing_pending() -> None:
    data = thread_of("0.0.28/33-2-pending-approval-thread") | {"session": None}

    assert detailed(data).pending == ()
