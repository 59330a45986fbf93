"""ntfy's doorbell against recorded answers of a real server (``ntfy/*``)."""

import json
from dataclasses import replace

import httpx
import pytest
from support.cassettes import HOST, load, replay

from afk.adapters.doorbells.bell import Doorbell, Line
from afk.adapters.doorbells.ntfy import ntfy, ntfy_message
from afk.errors import ConfigError, OutsideFailure, TokenError
from afk.ports import Loudness, Ring

LOUD = Ring(
    id="run-1:frozen",
    title='Frozen: "ümläut" 漢字 #7\nsecond line',
    text="line one\nline two",
    link="https://t3.example/thread/1?x=1&y=2",
    loudness=Loudness.LOUD,
)
QUIET = Ring(id="run-1:done", title="Done", text="It landed.", link="", loudness=Loudness.QUIET)
LARGE = replace(LOUD, title="😀" * 500, text="😀" * 5000, link="https://t3.example/" + "a" * 900)


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


def noting(seen: list[httpx.Request]) -> httpx.Client:
    """Return a client that notes what was asked, and is answered as recorded."""

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=load("ntfy/publish-quiet")[0]["response"]["body"])

    return httpx.Client(transport=httpx.MockTransport(handler))


def test_ntfy_message__largest__stays_a_message() -> None:
    """Above 4,096 bytes ntfy makes an attachment of it, above twice that (as JSON) it refuses."""
    sent = load("ntfy/publish-large")[0]["request"]["body"]

    message = ntfy_message(LARGE, "alerts")

    assert message == sent
    assert len(str(message["message"]).encode()) <= 4096
    assert len(json.dumps(message, ensure_ascii=False).encode()) <= 2 * 4096
    assert "attachment" not in load("ntfy/publish-large")[0]["response"]["body"]


def at_ntfy(topic: str = "alerts", token: str = "") -> Doorbell:
    return ntfy(
        Line(
            address=f"{HOST}/{topic}",
            setting="AFK_NTFY_URL",
            client=httpx.Client(),
            sleep=lambda _: None,
            token=token,
            token_setting="AFK_NTFY_TOKEN",
        )
    )


@pytest.mark.parametrize(
    ("recording", "ring", "topic", "token"),
    [
        ("publish-loud", LOUD, "alerts", ""),
        ("publish-quiet", QUIET, "alerts/", ""),
        ("publish-large", LARGE, "alerts", ""),
        ("publish-with-token", QUIET, "private", "tk_hush"),
    ],
)
def test_ntfy__recorded__delivered_with_one_request(
    recording: str, ring: Ring, topic: str, token: str
) -> None:
    with replay(f"ntfy/{recording}") as cassette:
        at_ntfy(topic, token).ring(ring)

    assert cassette.play_count == 1


@pytest.mark.parametrize(
    ("recording", "topic", "what", "next_step"),
    [
        ("topic-denied-403", "private", "ntfy answered 403", "check the address in AFK_NTFY_URL"),
        ("topic-reserved-400", "docs", "ntfy answered 400", "check the address in AFK_NTFY_URL"),
        ("folder-404", "sub/alerts", "ntfy answered 404", "check the address in AFK_NTFY_URL"),
        ("limited-429", "alerts", "ntfy answered 429", "nothing to do: a later tick rings again"),
    ],
)
def test_ntfy__recorded_refusal__says_what_to_check(
    recording: str, topic: str, what: str, next_step: str
) -> None:
    with replay(f"ntfy/{recording}") as cassette, pytest.raises(OutsideFailure) as caught:
        at_ntfy(topic).ring(QUIET)

    assert (caught.value.what, caught.value.next_step) == (what, next_step)
    assert cassette.play_count == 1


def test_ntfy__recorded_unknown_token__names_both_settings() -> None:
    """A 401 is asked twice before the token is blamed: a refused request rang nobody."""
    with (
        replay("ntfy/token-refused-401", again=True) as cassette,
        pytest.raises(OutsideFailure) as caught,
    ):
        at_ntfy("private", "tk_bad").ring(QUIET)

    assert caught.value.next_step == (
        "check the address in AFK_NTFY_URL and the token in AFK_NTFY_TOKEN"
    )
    assert cassette.play_count == 2


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("https://ntfy.example/alerts", "https://ntfy.example/"),
        (" https://ntfy.example/alerts/ \n", "https://ntfy.example/"),
        ("https://ntfy.example:8443/ntfy/alerts", "https://ntfy.example:8443/ntfy/"),
        ("https://ntfy.example/alerts?auth=aGk", "https://ntfy.example/?auth=aGk"),
    ],
)
def test_ntfy__address__topic_moves_into_the_body(address: str, sent_to: str) -> None:
    seen: list[httpx.Request] = []

    ntfy(Line(address=address, setting="S", client=noting(seen), sleep=no_sleep)).ring(QUIET)

    assert [str(request.url) for request in seen] == [sent_to]
    assert json.loads(seen[0].content)["topic"] == "alerts"
    assert "authorization" not in seen[0].headers


def test_ntfy__token__sent_as_bearer_and_shown_nowhere() -> None:
    seen: list[httpx.Request] = []
    bell = ntfy(
        Line(
            address="https://ntfy.example/alerts",
            setting="S",
            client=noting(seen),
            sleep=no_sleep,
            token=" tk_hush\n",
            token_setting="T",
        )
    )

    bell.ring(QUIET)

    assert seen[0].headers["authorization"] == "Bearer tk_hush"
    assert not any(secret in repr(bell) for secret in ("tk_hush", "alerts"))


@pytest.mark.parametrize("topic", ["", "a.b", "a%20b", "x" * 65])
def test_ntfy__no_topic_in_the_address__config_error(topic: str) -> None:
    with pytest.raises(ConfigError, match="does not end in an ntfy topic"):
        ntfy(
            Line(
                address=f"https://ntfy.example/{topic}",
                setting="S",
                client=httpx.Client(),
                sleep=no_sleep,
            )
        )


def test_ntfy__malformed_token__token_error_without_it() -> None:
    with pytest.raises(TokenError) as caught:
        at_ntfy(token="tk_hush tk_hush")

    assert "AFK_NTFY_TOKEN" in str(caught.value)
    assert "tk_hush" not in str(caught.value)
