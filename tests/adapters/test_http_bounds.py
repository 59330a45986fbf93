"""`Http`'s bounds: time in all, bytes before and after unpacking, no cookies, no secrets."""

import gzip
import time
import zlib
from collections.abc import Iterable, Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.raw_server import raw_server

from afk.adapters.body import Damaged, Packed, TooMuch, read
from afk.adapters.http import Http, open_client
from afk.adapters.patience import Patience, within
from afk.adapters.runner.masking import Mask
from afk.errors import OutsideFailure, ServerFault, TooLarge, Unreachable

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
BOUND = 1_000
TOKEN = "t3-sicret-bearer-0123456789"


def packed(content: bytes) -> bytes:
    """Return the same bytes in every process: the tests are named after them."""
    return gzip.compress(content, mtime=0)


def http(url: str, client: httpx.Client, **given: object) -> Http:
    made = Http(
        client=client,
        base_url=url,
        name="T3",
        authorize=lambda: {"authorization": f"Bearer {TOKEN}"},
        sleep=lambda _: None,
        max_body=BOUND,
    )
    for name, value in given.items():
        setattr(made, name, value)
    return made


# ---- time

DRIPS = {
    "in the body": [HEAD + b"content-length: 900\r\n\r\n", *[b" "] * 900],
    "in the head": [HEAD, *[b"x"] * 900],
    "in a chunk's size": [HEAD + b"transfer-encoding: chunked\r\n\r\n", *[b"0"] * 900],
    "between chunks": [HEAD + b"transfer-encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 900],
    "never": [b"", *[b""] * 900],
}


@pytest.mark.parametrize("drip", DRIPS)
@pytest.mark.parametrize("repeat", [False, True])
def test_send__server_that_drips__is_given_up_after_its_time_in_all(
    drip: str, *, repeat: bool
) -> None:
    """Every byte comes within the read timeout: only a total ends it, and no repetition helps."""
    with raw_server(DRIPS[drip], pause=0.02) as server, open_client() as client:
        asked = http(server.url, client, patience=Patience(request=0.3))
        began = time.monotonic()
        with pytest.raises(Unreachable, match="did not answer in the time it has"):
            asked.send("GET", "/", repeat=repeat)
        assert time.monotonic() - began < 2
        assert asked.requests == 1


def test_send__slow_but_within_its_time__is_answered() -> None:
    parts = [HEAD + b"content-length: 2\r\n\r\n", b"[", b"]"]
    with raw_server(parts, pause=0.02) as server, open_client() as client:
        assert http(server.url, client, patience=Patience(request=5)).get("/").json == []


def test_send__server_that_used_up_its_share_of_the_tick__is_not_asked_again() -> None:
    """Each answer comes in its time; all of them together would still hold the tick."""
    now = [0.0]

    def slow(_: httpx.Request) -> httpx.Response:
        now[0] += 40
        return httpx.Response(200, json=[])

    with httpx.Client(transport=httpx.MockTransport(slow)) as client:
        asked = http("http://t3.test", client)
        asked.patience = Patience(request=60, tick=100, clock=lambda: now[0])
        assert [asked.get("/").json for _ in range(2)] == [[], []]
        # 20 of 100 seconds are left, which the third answer outlasts by the clock it is read by.
        with pytest.raises(Unreachable, match="in the time it has"):
            asked.get("/")
        with pytest.raises(Unreachable, match="in the time it has"):
            asked.get("/")
    assert now[0] == 120, "the fourth request was never sent"


def test_patience__requests_side_by_side__cost_the_time_that_passes() -> None:
    now = [0.0]
    patience = Patience(request=60, tick=100, clock=lambda: now[0])
    with patience as first, patience as second:
        now[0] = 50
        with patience as third:
            assert (first, second, third) == (60, 60, 100)
    with patience as fourth:
        assert fourth == 100
        assert patience.left(fourth) == 50


def test_within__what_it_raises_and_what_takes_too_long() -> None:
    assert within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
    with pytest.raises(TimeoutError):
        within(0.01, lambda: time.sleep(0.2))
    ran: list[int] = []
    with pytest.raises(TimeoutError):
        within(0, lambda: ran.append(1))
    assert ran == []


# ---- bytes


def body(
    parts: Iterable[bytes], encoding: str = "", *, most: int = BOUND, length: str = ""
) -> bytes:
    headers = {"content-encoding": encoding, "content-length": length}
    return read(headers, parts, most, lambda: None)


@given(st.binary(max_size=BOUND), st.integers(1, 50), st.sampled_from(["", "identity", "gzip"]))
def test_read__body_in_any_pieces__is_what_was_sent(raw: bytes, piece: int, how: str) -> None:
    sent = packed(raw) if how == "gzip" else raw
    pieces = [sent[at : at + piece] for at in range(0, len(sent), piece)]
    assert body(pieces, how, most=2 * BOUND) == raw


def test_read__exactly_the_bound__is_read_and_one_byte_more_is_not() -> None:
    assert len(body([packed(b"x" * BOUND)], "gzip")) == BOUND
    with pytest.raises(TooMuch):
        body([packed(b"x" * (BOUND + 1))], "gzip")
    with pytest.raises(TooMuch):
        body([b"x" * BOUND, b"x"])
    with pytest.raises(TooMuch):
        body(iter([]), length=str(BOUND + 1))


def bomb() -> Iterator[bytes]:
    """Yield what would be a gigabyte, were it unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for number in range(1024):
        piece = packer.compress(bytes(1024 * 1024))
        assert number < 50, "it is read on and on"
        yield piece


def test_read__what_unpacks_to_a_gigabyte__is_stopped_at_the_bound() -> None:
    with pytest.raises(TooMuch):
        body(bomb(), "gzip", most=64 * 1024)


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip", "gzip,identity", "br", "deflate", "zstd", "GZIP , gzip", "x"]
)
def test_read__packed_twice_or_otherwise_than_asked__is_refused(encoding: str) -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("read all the same")
        yield b""

    with pytest.raises(Packed):
        body(never(), encoding)


@pytest.mark.parametrize(
    "sent",
    [
        packed(b"[]")[:-4],
        packed(b"[]") + b"more",
        packed(b"[]") * 2,
        b"not packed at all",
    ],
    ids=["cut off", "more behind it", "twice", "not packed"],
)
def test_read__packed_and_damaged__is_refused(sent: bytes) -> None:
    with pytest.raises(Damaged):
        body([sent], "gzip")


def test_read__nothing_that_calls_itself_packed__is_nothing() -> None:
    assert body([], "gzip") == b""


@pytest.mark.parametrize(
    ("head", "sent", "error"),
    [
        (b"content-encoding: gzip, gzip\r\n", packed(packed(b"[]")), ServerFault),
        (
            b"content-encoding: gzip\r\ncontent-encoding: gzip\r\n",
            packed(packed(b"[]")),
            ServerFault,
        ),
        (b"content-encoding: gzip\r\n", packed(bytes(1_000_000)), TooLarge),
        (b"content-encoding: gzip\r\n", packed(b"[]")[:-1], Unreachable),
        (b"content-encoding: br\r\n", b"[]", ServerFault),
        (b"content-length: 1001\r\n", b"[]", TooLarge),
    ],
)
def test_send__body_that_is_no_bounded_one__is_that_request_s_trouble(
    head: bytes, sent: bytes, error: type[OutsideFailure]
) -> None:
    with raw_server([HEAD + head + b"\r\n" + sent]) as server, open_client() as client:
        with pytest.raises(error):
            http(server.url, client).get("/")
        assert b"accept-encoding: gzip\r\n" in server.requests[0].lower()


def test_send__packed_once__is_unpacked() -> None:
    sent = HEAD + b"content-encoding: gzip\r\n\r\n" + packed(b'{"a": 1}')
    with raw_server([sent]) as server, open_client() as client:
        assert http(server.url, client).get("/").json == {"a": 1}


def test_send__headers_of_an_answer__are_all_kept_and_read_as_they_were_meant() -> None:
    named = "Link: <a>\r\nlink: <b>\r\nX-Name: Zo\u00eb\r\n".encode() + b"X-Old: Zo\xeb\r\n"
    sent = HEAD + named + b"content-length: 2\r\n\r\n[]"
    with raw_server([sent]) as server, open_client() as client:
        found = http(server.url, client).get("/").headers
    assert (found["link"], found["x-name"], found["x-old"]) == ("<a>, <b>", "Zo\u00eb", "Zo\u00eb")


# ---- cookies


@pytest.mark.parametrize("own", [True, False])
def test_send__server_that_sets_cookies__none_is_ever_sent(*, own: bool) -> None:
    """Not to itself, nor to another one of the same host; whichever client it is handed."""
    sent = HEAD + b"set-cookie: sid=1; Path=/\r\ncontent-length: 2\r\n\r\n[]"
    client = open_client() if own else httpx.Client()
    with raw_server([sent]) as server, client:
        for _ in range(2):
            http(server.url, client).get("/")
        assert len(server.requests) == 2
        assert not any(b"cookie" in one.lower() for one in server.requests)
        if own:
            assert list(client.cookies.jar) == []


# ---- secrets


@pytest.mark.parametrize("padding", ["", "x" * 250, "x" * 290])
@pytest.mark.parametrize("shape", ["text", "message", "reason"])
def test_excerpt__server_that_repeats_the_bearer__is_quoted_without_it(
    padding: str, shape: str
) -> None:
    """Cut first, half of it would be left, which no later mask knows."""
    told = f"{padding} you sent Bearer {TOKEN}"
    answer = httpx.Response(400, text=told)
    if shape != "text":
        answer = httpx.Response(400, json={shape: told})
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client:
        asked = http("http://t3.test", client, mask=Mask([TOKEN]).apply)
        excerpt = asked.get("/").excerpt
    assert "sicret" not in excerpt
    assert "t3-s" not in excerpt


def test_send__secret_in_what_is_written__does_not_leave_the_machine() -> None:
    seen: list[bytes] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json=[])

    with httpx.Client(transport=httpx.MockTransport(note)) as client:
        asked = http("http://forge.test", client, mask=Mask([TOKEN]).apply)
        asked.send("POST", "/", body={"body": f"it said {TOKEN}", "labels": [TOKEN, "a\ud800"]})
    assert seen == [b'{"body":"it said ***","labels":["***","a?"]}']
