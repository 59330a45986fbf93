"""Any other receiver: ``{"id", "title", "text", "link", "loudness": "loud" | "quiet"}``.

As data: whoever shows it escapes it for their own markup. Any 2xx takes it (202, 204 and an empty
200 are common), but for a web page: that is a login's or a proxy's.
"""

from afk.adapters.doorbells.bell import (
    LONGEST_ID,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Doorbell,
    Line,
    is_page,
    web_address,
)
from afk.ports import Ring
from afk.text.cleaning import clean_text, one_line


def webhook(line: Line) -> Doorbell:
    """Return the doorbell of any server that takes `webhook_message`."""
    return Doorbell(
        kind="webhook",
        setting=line.setting,
        http=line.http("the webhook"),
        url=str(line.url),
        message=webhook_message,
        took=lambda answer: not is_page(answer),
        mask=line.mask,
    )


def webhook_message(ring: Ring) -> dict[str, object]:
    """Return the body for any other receiver."""
    return {
        "id": one_line(ring.id, LONGEST_ID),
        "title": one_line(ring.title, LONGEST_TITLE),
        "text": clean_text(ring.text, LONGEST_TEXT),
        "link": web_address(ring.link),
        "loudness": ring.loudness.value,
    }
