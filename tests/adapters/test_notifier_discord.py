"""Discord's doorbell: what it is sent, whatever strangers wrote."""

import json
from dataclasses import replace
from typing import Final

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afk.adapters.doorbells.bell import Line
from afk.adapters.doorbells.discord import discord, discord_message
from afk.ports import Loudness, Ring

HOOK: Final = "https://discord.example/api/webhooks/1/hushhush"
LOUD: Final = Ring(
    id="run-1:frozen",
    title="shop#7 Till: CI still red",
    text="Two tries.",
    link="https://forge.example/shop/issues/7",
    loudness=Loudness.LOUD,
)
QUIET: Final = replace(LOUD, loudness=Loudness.QUIET)


def no_sleep(seconds: float) -> None:
    """Take no time."""


def test_discord_message__loud__title_text_link_and_id_and_mentions_nobody() -> None:
    message = discord_message(LOUD)

    assert message["allowed_mentions"] == {"parse": []}
    first, *_, link, last = str(message["content"]).split("\n")
    assert first.startswith("\N{POLICE CARS REVOLVING LIGHT} **")
    assert link == f"<{LOUD.link}>"
    assert last == f"`{LOUD.id}`"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("[free](https://evil.example)", r"\[free\]\(https\://evil\.example\)"),
        ("**bold** `code` ||hidden||", r"\*\*bold\*\* \`code\` \|\|hidden\|\|"),
        ("<@1> @everyone <#2>", r"\<\@1\> \@everyone \<\#2\>"),
        ("back\\", r"back\\"),
    ],
)
def test_discord_message__hostile_title__is_shown_as_it_stands(title: str, shown: str) -> None:
    content = str(discord_message(replace(QUIET, title=title, text=title))["content"])

    assert content.split("\n")[:2] == [f"\u2705 **{shown}**", shown]


@given(title=st.text(max_size=300), text=st.text(max_size=1_200), link=st.text(max_size=50))
@example(title="*" * 300, text="\\" * 1_200, link="")
@example(title="\U0001f600" * 300, text="\U0001f600*" * 500, link="")
def test_discord_message__whatever_it_says__is_never_longer_than_discord_takes(
    title: str, text: str, link: str
) -> None:
    whole = f"https://forge.example/{'x' * 900}{link}"
    content = str(discord_message(replace(LOUD, title=title, text=text, link=whole))["content"])

    assert len(content.encode("utf-16-le", "surrogatepass")) // 2 <= 2_000
    assert content.endswith(f"`{LOUD.id}`")
    text_line = content.split("\n")[-3]
    assert (len(text_line) - len(text_line.rstrip("\\"))) % 2 == 0


def test_discord__an_address_with_a_thread__keeps_it_and_waits_for_the_message() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"id": "1"})

    line = Line(
        address=f"{HOOK}?thread_id=7",
        setting="S",
        client=httpx.Client(transport=httpx.MockTransport(take)),
        sleep=no_sleep,
    )
    discord(line).ring(LOUD)

    assert dict(seen[0].url.params) == {"thread_id": "7", "wait": "true"}
    assert json.loads(seen[0].content) == discord_message(LOUD)
