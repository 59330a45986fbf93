"""What was asked once is answered again: the very same, else one of its kind."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
import pytest

from afk.adapters.runner.masking import Mask
from afk.adapters.saved.playing import Playing
from afk.adapters.saved.recording import Recording, Tape, recording
from afk.adapters.saved.tape import Answers, Exchange
from afk.adapters.sockets import SocketLost

AT: Final = "2026-03-02T09:00:00+00:00"
BEGAN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)


def exchange(
    body: str, *, url: str = "http://a/x", sent: str = "", method: str = "GET"
) -> Exchange:
    return Exchange(at=AT, method=method, url=url, sent=sent, status=200, body=body)


def query(text: str, **variables: object) -> str:
    return json.dumps({"query": text, "variables": variables})


def test_answers__asked_twice__first_and_then_second_and_then_the_last_again() -> None:
    answers = Answers([exchange("one"), exchange("two")])

    found = [answers.to("GET", "http://a/x", "") for _ in range(3)]

    assert [one.body for one in found if one] == ["one", "two", "two"]
    assert answers.missing == []


def test_answers__the_same_with_another_time_in_it__is_of_its_kind_alone() -> None:
    write, read = query("mutation", at=1), query("query", at=1)
    answers = Answers([exchange("read", sent=read), exchange("written", sent=write)])

    found = answers.to("GET", "http://a/x", query("mutation", at=2))

    assert found is not None
    assert found.body == "written"
    assert answers.to("GET", "http://a/y", read) is None
    assert answers.missing == ["GET http://a/y"]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:01Z"),
        ("2026-03-02T09%3A00%3A00Z", "2026-03-02T08%3A59%3A59.123Z"),
    ],
)
def test_answers__an_address_with_another_time_in_it__is_the_same_question(
    then: str, now: str
) -> None:
    asked = "http://a/issues?owner={}&since={}&limit=50"
    ours = exchange("ours", url=asked.format("owner", then))
    answers = Answers([exchange("theirs", url=asked.format("somebody", then)), ours])

    assert answers.to("GET", asked.format("owner", now), "") == ours
    assert answers.to("GET", asked.format("nobody", now), "") is None


def played(*exchanges: Exchange) -> Playing:
    return Playing(Answers(exchanges), BEGAN, str)


def test_playing__what_was_never_asked__is_no_answer() -> None:
    client = httpx.Client(transport=played())

    with pytest.raises(httpx.ConnectError):
        client.get("http://a/x")


def test_playing__a_failure__is_the_same_failure_and_an_unknown_one_a_lost_answer() -> None:
    late = Exchange(at=AT, method="GET", url="http://a/late", failed="ReadTimeout")
    odd = Exchange(at=AT, method="GET", url="http://a/odd", failed="Odd")
    call = Exchange(at=AT, method="GET", url="http://a/call", failed="get")
    other = Exchange(at=AT, method="GET", url="http://a/other", failed="Client")
    client = httpx.Client(transport=played(late, odd, call, other))

    with pytest.raises(httpx.ReadTimeout):
        client.get("http://a/late")
    for name in ("odd", "call", "other"):
        with pytest.raises(httpx.ReadError):
            client.get(f"http://a/{name}")


def test_playing__a_socket__answers_with_the_number_that_was_asked_with() -> None:
    heard = json.dumps([{"_tag": "Chunk"}, 7, {"_tag": "Exit", "requestId": "9"}])
    sent = json.dumps({"id": "", "tag": "t"})
    one = Exchange(at=AT, method="SOCKET", url="ws://a/ws", sent=sent, heard=(heard, "cut"))
    playing = played(one)
    socket = playing.open_socket("ws://a/ws?ticket=x", headers={}, seconds=1, most=1)

    socket.send(json.dumps({"id": "3", "tag": "t"}))

    assert json.loads(socket.recv(1)) == [
        {"_tag": "Chunk", "requestId": "3"},
        7,
        {"_tag": "Exit", "requestId": "3"},
    ]
    assert socket.recv(1) == "cut"
    with pytest.raises(TimeoutError):
        socket.recv(1)
    with pytest.raises(SocketLost):
        socket.send(json.dumps({"id": "4", "tag": "other"}))
    socket.close()
    assert playing.now().isoformat() == AT


def test_recording__bytes_that_are_no_text_and_signed_addresses__come_back_and_are_hidden() -> None:
    signature = "c2lnbmF0dXJlLW9mLWEtbG9n"
    tape = Tape(now=lambda: BEGAN, mask=Mask(), began=BEGAN)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "a" and request.url.path == "/log":
            return httpx.Response(302, headers={"location": f"http://b/log?sig={signature}"})
        return httpx.Response(200, content=b"\xff\x00text", headers={"set-cookie": "a=b"})

    with httpx.Client(transport=Recording(httpx.MockTransport(answer), tape)) as client:
        first = client.get("http://a/x")
        client.get("http://a/log", follow_redirects=True)

    saved = tape.exchanges()
    assert first.content == b"\xff\x00text"
    text = json.dumps([one.as_json() for one in saved])
    assert signature not in text
    assert "set-cookie" not in text
    again = httpx.Client(transport=played(*map(Exchange.of, json.loads(text))))
    assert again.get("http://a/x").content == b"\xff\x00text"


def test_recording__a_broken_connection__is_noted_and_stays_one() -> None:
    tape = Tape(now=lambda: BEGAN, mask=Mask(), began=BEGAN)

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no", request=request)

    with (
        httpx.Client(transport=Recording(httpx.MockTransport(broken), tape)) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get("http://a/x")

    assert [one.failed for one in tape.exchanges()] == ["ReadTimeout"]


def test_recording__more_than_any_server_sends__is_cut_off() -> None:
    tape = Tape(now=lambda: BEGAN, mask=Mask(), began=BEGAN)
    large = (b"0" * 1024 * 1024 for _ in range(65))

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=large)

    with (
        httpx.Client(transport=Recording(httpx.MockTransport(answer), tape)) as client,
        pytest.raises(httpx.ReadError),
    ):
        client.get("http://a/x")


def test_recording__a_socket__hides_its_ticket() -> None:
    tape = Tape(now=lambda: BEGAN, mask=Mask(), began=BEGAN)
    sent = json.dumps({"id": "", "tag": "t"})
    behind = played(
        Exchange(at=AT, method="SOCKET", url="ws://a/ws", sent=sent, heard=('{"a": "ticket-1"}',))
    )
    open_socket = recording(behind.open_socket, tape)
    socket = open_socket("ws://a/ws?wsTicket=ticket-1", headers={}, seconds=1, most=1)

    socket.send(json.dumps({"id": "1", "tag": "t"}))
    socket.recv(1)
    socket.close()

    [one] = tape.exchanges()
    assert one.heard == ('{"a": "***", "requestId": "1"}',)
    assert "ticket-1" not in one.url


@dataclass
class Scripted:
    """A socket that answers in an order of its own."""

    heard: list[str]

    def send(self, text: str) -> None:
        """Take anything."""

    def recv(self, seconds: float) -> str:
        """Return the next of what is to be heard."""
        del seconds
        return self.heard.pop(0)

    def close(self) -> None:
        """Close."""


def test_recording__several_calls_on_a_socket__each_has_its_own_answer() -> None:
    """Threads call side by side; an answer names its call, and one frame may hold several."""
    tape = Tape(now=lambda: BEGAN, mask=Mask(), began=BEGAN)
    first, second = {"requestId": "1", "of": "one"}, {"requestId": "2", "of": "two"}
    frames = [json.dumps(second), "no JSON", json.dumps([first, {"_tag": "Pong"}, second])]
    socket = recording(lambda *_, **__: Scripted(frames), tape)(
        "ws://a", headers={}, seconds=1, most=1
    )
    for number in ("1", "2"):
        socket.send(json.dumps({"id": number, "tag": f"t{number}"}))
    while frames:
        socket.recv(1)

    heard = [
        [json.loads(text) for text in one.heard if text != "no JSON"] for one in tape.exchanges()
    ]
    assert heard == [[[first]], [second, [{"_tag": "Pong"}], [second]]]
