"""The doorbells: what Slack and a webhook are sent, what answers mean, what is never said.

Slack cannot be recorded without an account: its statuses and words are those of
https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks .
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest

from afk.adapters.doorbells.bell import Doorbell, Line
from afk.adapters.doorbells.discord import discord
from afk.adapters.doorbells.ntfy import ntfy, ntfy_message
from afk.adapters.doorbells.slack import slack, slack_message
from afk.adapters.doorbells.webhook import webhook, webhook_message
from afk.errors import OutsideFailure
from afk.ports import Loudness, Ring

LOUD = Ring(
    id="run-1:frozen",
    title='Frozen: "ümläut" 漢字 #7\nsecond line',
    text="line one\nline two",
    link="https://t3.example/thread/1?x=1&y=2",
    loudness=Loudness.LOUD,
)
QUIET = Ring(id="run-1:done", title="Done", text="It landed.", link="", loudness=Loudness.QUIET)
HOOK = "https://hooks.slack.example/services/T0SECRET/B0SECRET/hushhush"
SECRETS = ("T0SECRET", "B0SECRET", "hushhush", "tk_hush", "/services")


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


def answering(
    status: int, text: str = "ok", seen: list[httpx.Request] | None = None
) -> httpx.Client:
    """Return a client that gives one answer to everything, and notes what was asked."""

    def handler(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, text=text)

    return httpx.Client(transport=httpx.MockTransport(handler))


# ---- what is sent


def test_slack_message__loud__title_text_link_and_id() -> None:
    assert slack_message(LOUD) == {
        "text": ':rotating_light: *Frozen: "ümläut" 漢字 #7 second line*\n'
        "line one\nline two\n"
        "<https://t3.example/thread/1?x=1&amp;y=2|open>\n"
        "`run-1:frozen`"
    }


def test_slack_message__quiet_without_text_and_link__no_empty_lines() -> None:
    message = slack_message(replace(QUIET, text=""))

    assert message == {"text": ":white_check_mark: *Done*\n`run-1:done`"}


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<!here> & <@U123>", "&lt;!here&gt; &amp; &lt;\uff20U123&gt;"),
        ("<https://evil.example|click>", "&lt;https://evil.example|click&gt;"),
        ("@channel @here (@everyone)", "\uff20channel \uff20here (\uff20everyone)"),
        ("mail me at a@b.example", "mail me at a@b.example"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("hid\u200bden\u202e \x1b[31mred", "hidden red"),
    ],
)
def test_slack_message__hostile_title__mentions_and_links_nothing(title: str, shown: str) -> None:
    """In the text too; only our own link would keep its angle brackets."""
    text = slack_message(replace(QUIET, title=title, text=title))["text"]

    assert text == f":white_check_mark: *{shown}*\n{shown}\n`run-1:done`"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://a.example/|<!here>", "https://a.example/ x", "/x"]
)
def test_messages__link_that_is_none__left_out(link: str) -> None:
    ring = replace(LOUD, link=link)

    assert "open>" not in str(slack_message(ring)["text"])
    assert "click" not in ntfy_message(ring, "alerts")
    assert webhook_message(ring)["link"] == ""


def test_webhook_message__is_plain_data() -> None:
    assert webhook_message(replace(LOUD, title="@here <b>")) == {
        "id": "run-1:frozen",
        "title": "@here <b>",
        "text": "line one\nline two",
        "link": "https://t3.example/thread/1?x=1&y=2",
        "loudness": "loud",
    }


# ---- Slack and the generic webhook


def test_slack__ok__one_post_of_json_without_a_token() -> None:
    seen: list[httpx.Request] = []

    slack(Line(address=HOOK, setting="S", client=answering(200, "ok", seen), sleep=no_sleep)).ring(
        LOUD
    )

    assert [(request.method, str(request.url)) for request in seen] == [("POST", HOOK)]
    assert json.loads(seen[0].content) == slack_message(LOUD)
    assert seen[0].headers["content-type"] == "application/json"
    assert "authorization" not in seen[0].headers


def test_webhook__ok__posted_to_the_whole_address() -> None:
    seen: list[httpx.Request] = []
    address = "http://hooks.example/in?key=1"

    webhook(
        Line(address=address, setting="S", client=answering(202, "", seen), sleep=no_sleep)
    ).ring(LOUD)

    assert [str(request.url) for request in seen] == [address]
    assert json.loads(seen[0].content) == webhook_message(LOUD)


@pytest.mark.parametrize(
    ("status", "body", "what", "retried_later"),
    [
        (400, "invalid_payload", "slack answered 400 (invalid_payload)", False),
        (403, "action_prohibited", "slack answered 403 (action_prohibited)", False),
        (404, "channel_not_found", "slack answered 404 (channel_not_found)", False),
        (410, "channel_is_archived", "slack answered 410 (channel_is_archived)", False),
        (404, f"cannot post to {HOOK}", "slack answered 404", False),
        (404, "hushhush", "slack answered 404", False),
        (404, "<html>lost</html>", "slack answered 404", False),
        (302, "", "slack answered 302", False),
        (429, "rate_limited", "slack answered 429", True),
        (500, "rollup_error", "slack answered 500", True),
        (503, "", "slack answered 503", True),
    ],
)
def test_slack__refused__names_status_word_and_next_step_and_no_secret(
    *, status: int, body: str, what: str, retried_later: bool
) -> None:
    """A server's bare word is repeated unless it is part of the address; nothing is sent twice."""
    seen: list[httpx.Request] = []
    bell = slack(
        Line(
            address=HOOK,
            setting="AFK_SLACK_WEBHOOK",
            client=answering(status, body, seen),
            sleep=no_sleep,
        )
    )

    with pytest.raises(OutsideFailure) as caught:
        bell.ring(LOUD)

    assert caught.value.what == what
    assert ("a later tick" in caught.value.next_step) is retried_later
    assert ("AFK_SLACK_WEBHOOK" in caught.value.next_step) is not retried_later
    assert not any(secret in str(caught.value) + repr(bell) for secret in SECRETS)
    assert len(seen) == 1


# ---- answers that ring nobody


LOGIN = "<!DOCTYPE html>\n<html><title>Sign in</title></html>"
KINDS: dict[str, tuple[Callable[[Line], Doorbell], str]] = {
    "slack": (slack, HOOK),
    "discord": (discord, HOOK),
    "ntfy": (ntfy, "https://ntfy.example/alerts-hushhush"),
    "webhook": (webhook, HOOK),
}


@pytest.mark.parametrize(
    ("kind", "answer", "rung"),
    [
        *((kind, lambda: httpx.Response(200, html=LOGIN), False) for kind in KINDS),
        *((kind, lambda: httpx.Response(200, text=LOGIN), False) for kind in KINDS),
        *(
            (kind, lambda: httpx.Response(302, headers={"location": "/login"}), False)
            for kind in KINDS
        ),
        ("slack", lambda: httpx.Response(200, html="ok"), True),
        ("slack", lambda: httpx.Response(200, text="ok\n"), True),
        ("slack", lambda: httpx.Response(200, json={"ok": True}), True),
        ("slack", lambda: httpx.Response(200, json={"success": True}), True),
        ("slack", lambda: httpx.Response(200, json={"ok": False}), False),
        ("slack", lambda: httpx.Response(200, text=""), False),
        ("slack", lambda: httpx.Response(200, text="It works!"), False),
        ("discord", lambda: httpx.Response(200, json={"id": "1100"}), True),
        ("discord", lambda: httpx.Response(204), False),
        ("discord", lambda: httpx.Response(200, json={"message": "Unknown Webhook"}), False),
        ("ntfy", lambda: httpx.Response(200, json={"id": "IB6HPsaDunDx"}), True),
        ("ntfy", lambda: httpx.Response(200, json={}), False),
        ("ntfy", lambda: httpx.Response(200, json=["id"]), False),
        ("ntfy", lambda: httpx.Response(200, text="ok"), False),
        ("webhook", lambda: httpx.Response(200, html=""), True),
        ("webhook", lambda: httpx.Response(200, html="ok"), True),
        ("webhook", lambda: httpx.Response(204), True),
        ("webhook", lambda: httpx.Response(202, json={"queued": True}), True),
        ("webhook", lambda: httpx.Response(200, html=" <body>Sign in</body>"), False),
    ],
)
def test_doorbell__2xx__counts_only_as_its_receiver_answers(
    kind: str, answer: Callable[[], httpx.Response], *, rung: bool
) -> None:
    """A login page answers 200, and nobody heard anything."""
    build, address = KINDS[kind]
    client = httpx.Client(transport=httpx.MockTransport(lambda _: answer()))
    bell = build(Line(address=address, setting="AFK_X", client=client, sleep=no_sleep))

    if rung:
        bell.ring(LOUD)
        return
    with pytest.raises(OutsideFailure) as caught:
        bell.ring(LOUD)
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert "AFK_X" in caught.value.next_step


@pytest.mark.parametrize("kind", KINDS)
def test_doorbell__secret_in_what_is_rung__is_not_sent(kind: str) -> None:
    build, address = KINDS[kind]
    seen: list[httpx.Request] = []
    line = Line(
        address=address,
        setting="AFK_X",
        client=answering(200, "ok", seen),
        sleep=no_sleep,
        mask=lambda text: text.replace("t3-sicret", "***"),
    )
    told = "T3 answered: Bearer t3-sicret"
    with suppress(OutsideFailure):
        build(line).ring(replace(LOUD, title=told, text=told, link="https://t3.example/t3-sicret"))

    assert "sicret" not in seen[0].content.decode()
    # Discord shows none of the signs that it is sent before others.
    assert "T3 answered: Bearer ***" in seen[0].content.decode().replace("\\", "")


def timed_out(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout(f"no answer from {request.url}", request=request)


@pytest.mark.parametrize(
    "handler",
    [timed_out, lambda _: httpx.Response(200, text="x" * 100_000)],
    ids=["timeout", "big"],
)
def test_slack__no_usable_answer__said_without_the_address(
    handler: Callable[[httpx.Request], httpx.Response],
) -> None:
    client = httpx.Client(transport=httpx.MockTransport(handler))

    with pytest.raises(OutsideFailure) as caught:
        slack(Line(address=HOOK, setting="AFK_SLACK_WEBHOOK", client=client, sleep=no_sleep)).ring(
            LOUD
        )

    assert caught.value.what == "slack gave no usable answer"
    assert caught.value.next_step == "check the address in AFK_SLACK_WEBHOOK"
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert caught.value.__suppress_context__


# ---- several
