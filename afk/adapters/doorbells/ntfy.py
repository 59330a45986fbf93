"""ntfy: JSON to the server's root, https://docs.ntfy.sh/publish/#publish-as-json .

Priorities 1 to 5; a topic matches ``[-_A-Za-z0-9]{1,64}``; a message above 4,096 bytes becomes an
attachment, a JSON body above twice that is refused with 413. 401 and 403 mean the token, 429 a
limit. Errors are JSON: ``{"code": 40301, "http": 403, "error": "forbidden"}``; a message that was
taken is answered as an object with its ``id``. Recordings ``ntfy/*``.
"""

import re

from afk.adapters.bearer import check_token
from afk.adapters.doorbells.bell import (
    LONGEST_ID,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Doorbell,
    Line,
    object_in,
    web_address,
)
from afk.errors import ConfigError
from afk.ports import Loudness, Ring
from afk.text.cleaning import clean_text, one_line

_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


def ntfy(line: Line) -> Doorbell:
    """Return ntfy's doorbell; the address is ``https://server/topic``, the token optional.

    JSON goes to the folder the topic stands in, usually the root; a query is kept.
    """
    url = line.url
    folder, _, topic = url.path.rstrip("/").rpartition("/")
    if not _TOPIC.fullmatch(topic):
        raise ConfigError(
            f"the address in {line.setting} does not end in an ntfy topic",
            cause="it is the server's address alone, or the topic holds what ntfy refuses",
            next_step="write https://server/topic; a topic has at most 64 letters, digits, - or _",
        )
    http = line.http("ntfy")
    setting = line.setting
    if line.token:
        checked = check_token(line.token, "ntfy", line.token_setting)
        http.authorize = lambda: {"authorization": f"Bearer {checked}"}
        setting = f"{setting} and the token in {line.token_setting}"
    return Doorbell(
        kind="ntfy",
        setting=setting,
        http=http,
        url=str(url.copy_with(path=f"{folder}/")),
        message=lambda ring: ntfy_message(ring, topic),
        took=lambda answer: bool(object_in(answer).get("id")),
        mask=line.mask,
        anonymous=not line.token,
    )


def ntfy_message(ring: Ring, topic: str) -> dict[str, object]:
    """Return the body for ntfy: loud is 5 (``max``), quiet is 2 (``low``: no sound).

    Even if every character takes four bytes the message stays below ntfy's 4,096.
    """
    loud = ring.loudness is Loudness.LOUD
    link = web_address(ring.link)
    text, ring_id = clean_text(ring.text, LONGEST_TEXT), one_line(ring.id, LONGEST_ID)
    return {
        "topic": topic,
        "title": one_line(ring.title, LONGEST_TITLE),
        "message": f"{text}\n{ring_id}".strip(),
        "priority": 5 if loud else 2,
        "tags": ["rotating_light" if loud else "white_check_mark"],
        **({"click": link} if link else {}),
    }
