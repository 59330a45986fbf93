r"""Discord: a channel's webhook.

https://discord.com/developers/docs/resources/webhook#execute-webhook

``?wait=true`` answers with the message that was made, an object with its ``id``; without it 204
says that Discord took it, not that it was shown. At most 2,000 characters; 429 above its limit.
``allowed_mentions`` with an empty ``parse`` mentions nobody, whatever the text says:
https://discord.com/developers/docs/resources/message#allowed-mentions-object . A text is Markdown,
``[text](address)`` in it a link: every sign that could mean something stands behind a ``\``:
https://support.discord.com/hc/en-us/articles/210298617 .
"""

import re
from typing import Final

from afk.adapters.doorbells.bell import (
    LONGEST_ID,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Doorbell,
    Line,
    object_in,
    web_address,
)
from afk.ports import Loudness, Ring
from afk.text.cleaning import clean_text, one_line

_LONGEST: Final = 2_000
_SIGNS: Final = re.compile(r"([\\`*_~|<>\[\]()#:@+.-])")


def discord(line: Line) -> Doorbell:
    """Return Discord's doorbell; the address is a webhook's, a thread's number in it stays."""
    return Doorbell(
        kind="discord",
        setting=line.setting,
        http=line.http("Discord"),
        url=str(line.url.copy_merge_params({"wait": "true"})),
        message=discord_message,
        took=lambda answer: bool(object_in(answer).get("id")),
        mask=line.mask,
    )


def discord_message(ring: Ring) -> dict[str, object]:
    """Return the body for Discord; no text in it can mention anybody or disguise a link.

    The text is what is cut where all together would be too long.
    """
    mark = "\N{POLICE CARS REVOLVING LIGHT}" if ring.loudness is Loudness.LOUD else "\u2705"
    title = f"{mark} **{_shown(one_line(ring.title, LONGEST_TITLE))}**"
    link = web_address(ring.link)
    ends = [f"<{link}>" if link else "", f"`{one_line(ring.id, LONGEST_ID).replace('`', '')}`"]
    room = _LONGEST - sum(_length(part) + 1 for part in (title, *ends))
    text = _cut(_shown(clean_text(ring.text, LONGEST_TEXT)), room)
    parts = [part for part in (title, text, *ends) if part]
    return {"content": "\n".join(parts), "allowed_mentions": {"parse": []}}


def _shown(text: str) -> str:
    """Return a text that Discord shows as it stands."""
    return _SIGNS.sub(r"\\\1", text)


def _length(text: str) -> int:
    """Return a length as Discord counts it: in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, most: int) -> str:
    r"""Return as much of an escaped text as there is room for; no ``\`` ends it alone."""
    while _length(text) > most:
        text = text[:-1]
    alone = (len(text) - len(text.rstrip("\\"))) % 2
    return text[:-1] if alone else text
