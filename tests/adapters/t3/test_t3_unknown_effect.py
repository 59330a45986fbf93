"""Commands whose effect is unknown: no answer, or a 500 that says nothing."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from support.cassettes import replay
from support.t3_rig import (
    DESCRIPTOR,
    DISPATCH,
    SHELL,
    THREAD,
    VERSIONS,
    WELL_KNOWN,
    Rig,
    answered,
    call,
    page,
    read_thread,
    replaying,
    scripted,
    sent,
)

from afk.errors import Refused, ServerFault, Unreachable


@pytest.fixture
def rig() -> Iterator[Rig]:
    with replaying() as made:
        yield made


LOST: dict[str, Callable[[], httpx.Response | Exception]] = {
    "refused": lambda: httpx.ConnectError(""),
    "timed out": lambda: httpx.ReadTimeout(""),
    "broken off": lambda: httpx.RemoteProtocolError(""),
    "gateway": lambda: page(502),
    "gateway without a server": lambda: page(503),
    "gateway timeout": lambda: httpx.Response(504),
}


@pytest.mark.parametrize("kind", LOST)
def test_command__no_answer__same_command_again(kind: str) -> None:
    with scripted(
        (DISPATCH, LOST[kind]()),
        (DISPATCH, LOST[kind]()),
        (DISPATCH, answered("0.0.28/21-thread-create-same-commandId")),
    ) as (rig, script):
        body = sent("0.0.28/21-thread-create-same-commandId")
        assert call(rig, body) == 3

    assert script.bodies == [body, body, body]
    assert rig.pauses == [0.3, 1.0]


@pytest.mark.parametrize("kind", LOST)
def test_command__never_an_answer__gives_up_after_three(kind: str) -> None:
    lost = [(DISPATCH, LOST[kind]()) for _ in range(3)]
    with scripted(*lost) as (rig, _), pytest.raises((Unreachable, ServerFault)):
        rig.client.start_turn("t", "m", "go", "c")
    assert rig.pauses == [0.3, 1.0]


@pytest.mark.parametrize("version", VERSIONS)
def test_create_thread__500_and_the_thread_is_there__sequence_of_the_shell(
    rig: Rig, version: str
) -> None:
    name = f"{version}/21-thread-create-same-threadId-new-commandId"
    with replay(f"t3/{name}", DESCRIPTOR, f"t3/{version}/22-shell-fresh") as cassette:
        assert call(rig, sent(name)) == 6

        assert cassette.all_played
        assert cassette.play_count == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_create_thread__500_twice_and_no_thread__refused(rig: Rig, version: str) -> None:
    """The same command once more (a rejected id stays rejected), then a last look."""
    first = f"t3/{version}/21-thread-create-unknown-project"
    shell = f"t3/{version}/22-shell-fresh"
    with (
        replay(first, f"{first}-retry-same-commandId", DESCRIPTOR, shell, again=True),
        pytest.raises(Refused) as caught,
    ):
        call(rig, sent(first.removeprefix("t3/")))

    assert caught.value.status == 500
    assert rig.http.requests == 5  # command, descriptor and shell, command, shell


def test_create_thread__500_then_accepted__its_sequence() -> None:
    """A 500 of the database leaves no receipt: the same command may succeed."""
    with scripted(
        (DISPATCH, answered("0.0.28/21-thread-create-unknown-project")),
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/04-shell-empty")),
        (DISPATCH, answered("0.0.28/21-thread-create")),
    ) as (rig, script):
        assert call(rig, sent("0.0.28/21-thread-create")) == 3

    assert script.bodies[0] == script.bodies[1]


def test_create_thread__500_twice_but_there_at_last__sequence_of_the_shell() -> None:
    with scripted(
        (DISPATCH, answered("0.0.28/21-thread-create-unknown-project")),
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/04-shell-empty")),
        (DISPATCH, answered("0.0.28/21-thread-create-unknown-project")),
        (SHELL, answered("0.0.28/22-shell-fresh")),
    ) as (rig, _):
        assert call(rig, sent("0.0.28/21-thread-create")) == 6


def test_create_thread__deleted_id__refused(rig: Rig) -> None:
    """A deleted thread's id can never be used again, and the shell does not show it."""
    name = "0.0.28/43-9-recreate-deleted-threadId"
    with (
        replay(f"t3/{name}", DESCRIPTOR, "t3/0.0.28/71-rw-token-shell", again=True),
        pytest.raises(Refused) as caught,
    ):
        call(rig, sent(name))

    assert caught.value.status == 500


def test_create_thread__500_and_the_shell_cannot_be_read__that_error() -> None:
    with (
        scripted(
            (DISPATCH, answered("0.0.28/21-thread-create-unknown-project")),
            (WELL_KNOWN, answered("0.0.28/01-well-known")),
            *[(SHELL, httpx.ReadTimeout("")) for _ in range(3)],
        ) as (rig, _),
        pytest.raises(Unreachable),
    ):
        call(rig, sent("0.0.28/21-thread-create"))


REFUSED_TURN = "0.0.28/23-turn-start-unknown-thread"


def test_start_turn__500_and_unknown_thread__again_once_then_refused() -> None:
    look = read_thread("thr-missing")
    with (
        scripted(
            (DISPATCH, answered(REFUSED_TURN)),
            (look, answered("0.0.28/05-thread-not-found")),
            (DISPATCH, answered(REFUSED_TURN)),
            (look, answered("0.0.28/05-thread-not-found")),
        ) as (rig, script),
        pytest.raises(Refused) as caught,
    ):
        call(rig, sent(REFUSED_TURN))

    assert caught.value.status == 500
    assert script.bodies == [sent(REFUSED_TURN)] * 2


@pytest.mark.parametrize("version", VERSIONS)
def test_start_turn__500_and_the_message_is_there__fine(version: str) -> None:
    body = sent(f"{version}/30-1-turn-start")
    with scripted(
        (DISPATCH, answered(f"{version}/23-turn-start-unknown-thread")),
        (read_thread(body["threadId"]), answered(f"{version}/30-2-running-thread")),
    ) as (rig, script):
        call(rig, body)

    assert script.bodies == [body]


@pytest.mark.parametrize("version", VERSIONS)
def test_start_turn__500_and_other_messages_only__again(version: str) -> None:
    body = sent(f"{version}/30-1-turn-start")
    body = body | {"message": body["message"] | {"messageId": "msg-new"}}
    with scripted(
        (DISPATCH, answered(f"{version}/23-turn-start-unknown-thread")),
        (read_thread(body["threadId"]), answered(f"{version}/30-2-running-thread")),
        (DISPATCH, answered(f"{version}/30-1-turn-start")),
    ) as (rig, script):
        call(rig, body)

    assert script.bodies == [body, body]


def test_start_turn__500_twice_but_shown_at_last__fine() -> None:
    body = sent("0.0.28/30-1-turn-start")
    look = read_thread(body["threadId"])
    with scripted(
        (DISPATCH, answered(REFUSED_TURN)),
        (look, answered("0.0.28/05-thread-not-found")),
        (DISPATCH, answered(REFUSED_TURN)),
        (look, answered("0.0.28/30-2-running-thread")),
    ) as (rig, _):
        call(rig, body)


def test_start_turn__400__refused_without_a_look() -> None:
    with (
        scripted((DISPATCH, answered("0.0.28/55-5-turn-start-bad-attachment"))) as (rig, _),
        pytest.raises(Refused, match="invalid_command") as caught,
    ):
        rig.client.start_turn("t", "m", "go", "c")
    assert caught.value.status == 400


def test_delete_thread__500_and_not_in_the_shell__gone() -> None:
    with scripted(
        (DISPATCH, answered(REFUSED_TURN)),
        (WELL_KNOWN, answered("0.0.28/01-well-known")),
        (SHELL, answered("0.0.28/22-shell-fresh")),
    ) as (rig, _):
        rig.client.delete_thread("thr-missing", "c")


def test_delete_thread__500_and_still_in_the_shell__refused() -> None:
    with (
        scripted(
            (DISPATCH, answered(REFUSED_TURN)),
            (WELL_KNOWN, answered("0.0.28/01-well-known")),
            (SHELL, answered("0.0.28/22-shell-fresh")),
        ) as (rig, _),
        pytest.raises(Refused) as caught,
    ):
        rig.client.delete_thread(THREAD, "c")
    assert caught.value.status == 500
