"""Slack: an incoming webhook, https://api.slack.com/messaging/webhooks .

Errors are a status and one word (400 ``invalid_payload``, 403 ``action_prohibited``, 404
``channel_not_found``, 410 ``channel_is_archived``):
https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks ; 429 above
one message a second: https://docs.slack.dev/apis/web-api/rate-limits . ``&``, ``<`` and ``>``
are escaped: https://docs.slack.dev/messaging/formatting-message-text/ .

A message that was taken is answered ``ok`` as text, whatever content type stands above it; so do
Mattermost and Discord's ``/slack``. What speaks JSON instead (a workflow's trigger, Rocket.Chat)
answers ``{"ok": true}`` or ``{"success": true}``.
"""

import re

from afk.adapters.doorbells.bell import (
    LONGEST_ID,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Doorbell,
    Line,
    object_in,
    web_address,
)
from afk.adapters.http import Answer
from afk.ports import Loudness, Ring
from afk.text.cleaning import clean_text, one_line

_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def slack(line: Line) -> Doorbell:
    """Return Slack's doorbell; the address is an incoming webhook's."""
    return Doorbell(
        kind="slack",
        setting=line.setting,
        http=line.http("Slack"),
        url=str(line.url),
        message=slack_message,
        took=_took,
        mask=line.mask,
    )


def _took(answer: Answer) -> bool:
    told = object_in(answer)
    return answer.body.strip() == b"ok" or True in (told.get("ok"), told.get("success"))


def slack_message(ring: Ring) -> dict[str, object]:
    """Return the body for Slack; no text in it can mention anybody or disguise a link.

    Escaping defuses ``<!here>``, ``<@U..>`` and ``<address|text>``. A bare ``@channel`` is text
    to Slack unless names are linked (``link_names``, ``parse``): to be sure, its sign is
    replaced by U+FF20. Slack itself links bare addresses; those show where they lead.
    """
    mark = ":rotating_light:" if ring.loudness is Loudness.LOUD else ":white_check_mark:"
    link = web_address(ring.link)
    lines = [
        f"{mark} *{_slack_text(one_line(ring.title, LONGEST_TITLE))}*",
        _slack_text(clean_text(ring.text, LONGEST_TEXT)),
        f"<{link.replace('&', '&amp;')}|open>" if link else "",
        f"`{_slack_text(one_line(ring.id, LONGEST_ID))}`",
    ]
    return {"text": "\n".join(line for line in lines if line)}


def _slack_text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("\uff20", text)
